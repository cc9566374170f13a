import type { CertificatePolicy } from '@gatefleet/environment';
import { systemClock, type Clock } from './clock.ts';
import { parseServerAddress } from './dns/server-address.ts';
import type { DnsProvider } from './dns-provider.ts';
import { DnsChallengeError } from './errors.ts';
import type { PodEnvironment } from './pod-identity.ts';
import { azureDns } from './providers/azure/azure-dns.ts';
import { cloudflare } from './providers/cloudflare.ts';
import { googleCloudDns } from './providers/google/google-cloud-dns.ts';
import { rfc2136 } from './providers/rfc2136/rfc2136.ts';
import { podCredentials, type AwsCredentialSource } from './providers/route53/pod-credentials.ts';
import { route53 } from './providers/route53/route53.ts';
import { webhook } from './providers/webhook.ts';

/** How names are proven, as environment.yaml says. */
export type ChallengePolicy = CertificatePolicy['certificates']['challenge'];

/** A Secret of the environment's namespace, and its key. */
export interface SecretReference {
  readonly name: string;
  readonly key: string;
}

/**
 * Reads a secret value. It is called with every change, so that a renewed secret is used without a restart; white space around the
 * value is of no matter. @throws what hinders it, which is passed on.
 */
export type SecretReader = (secret: SecretReference, signal: AbortSignal) => Promise<string>;

export interface CreateDnsProviderOptions {
  /** The Pod's environment variables, for credentials of its own identity. */
  readonly environment?: PodEnvironment | undefined;
  readonly clock?: Clock | undefined;
  /** Where the provider's API is instead of its public address; for tests. */
  readonly baseUrl?: string | undefined;
}

/**
 * The one provider that a `dns-01` challenge names.
 * @throws DnsChallengeError `BAD_CONFIG` when it names none, or half of a credential
 */
export function createDnsProvider(
  challenge: ChallengePolicy,
  secrets: SecretReader,
  { environment = {}, clock = systemClock, baseUrl }: CreateDnsProviderOptions = {},
): DnsProvider {
  const reading = (secret: SecretReference) => async (signal: AbortSignal) => (await secrets(secret, signal)).trim();
  const readingIfGiven = (secret: SecretReference | undefined) => secret && reading(secret);
  const common = { clock, baseUrl };

  if (challenge.route53 !== undefined) {
    const { region, hostedZone, accessKeyId, secretAccessKey } = challenge.route53;
    const keys = allOrNone('route53', { accessKeyId, secretAccessKey });
    const credentials: AwsCredentialSource =
      keys === undefined
        ? podCredentials({ environment, region, clock })
        : async (signal) => ({
            accessKeyId: await reading(keys.accessKeyId)(signal),
            secretAccessKey: await reading(keys.secretAccessKey)(signal),
          });
    return route53({ ...common, region, hostedZoneId: hostedZone, credentials });
  }
  if (challenge.cloudflare !== undefined) {
    return cloudflare({ ...common, apiToken: reading(challenge.cloudflare.apiToken) });
  }
  if (challenge.googleCloudDns !== undefined) {
    const { project, serviceAccount } = challenge.googleCloudDns;
    return googleCloudDns({ ...common, project, serviceAccount: readingIfGiven(serviceAccount) });
  }
  if (challenge.azureDns !== undefined) {
    const { subscriptionId, resourceGroup, tenantId, clientId, clientSecret } = challenge.azureDns;
    const given = allOrNone('azureDns', { tenantId, clientId, clientSecret });
    const application = given && { ...given, clientSecret: reading(given.clientSecret) };
    return azureDns({ ...common, subscriptionId, resourceGroup, application, environment });
  }
  if (challenge.rfc2136 !== undefined) {
    const { nameserver, tsigKeyName, tsigAlgorithm, tsigSecret } = challenge.rfc2136;
    const server = parseServerAddress(nameserver);
    return rfc2136({ clock, server, keyName: tsigKeyName, algorithm: tsigAlgorithm, secret: reading(tsigSecret) });
  }
  if (challenge.webhook !== undefined) {
    const { url, token } = challenge.webhook;
    return webhook({ clock, url, secret: readingIfGiven(token) });
  }
  throw new DnsChallengeError('BAD_CONFIG', 'making a DNS provider: the challenge names none', {
    hint: 'give one under spec.certificates.challenge',
  });
}

type Given<T> = { readonly [K in keyof T]: Exclude<T[K], undefined> };

function allOrNone<T extends Readonly<Record<string, unknown>>>(provider: string, fields: T): Given<T> | undefined {
  const missing = Object.keys(fields).filter((name) => fields[name] === undefined);
  if (missing.length === 0) return fields as Given<T>;
  if (missing.length === Object.keys(fields).length) return undefined;
  throw new DnsChallengeError('BAD_CONFIG', `making the DNS provider ${provider}: ${missing.join(', ')} is missing`, {
    hint: 'give all of them, or none to use the Pod’s own identity',
  });
}
