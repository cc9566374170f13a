import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { letsEncryptDirectory, letsEncryptStagingDirectory, limitsOf, type CaLimits } from '@gatefleet/ca-limits';
import { parseCertificatePolicy, type CertificatePolicy } from '@gatefleet/environment';
import { checkHost } from '@gatefleet/traefik-config';
import { ConfigError } from './errors.ts';

/** What the controller works by, out of an environment's certificate policy. */
export interface CertificateSettings {
  /** Zones that may be served. */
  readonly domains: readonly string[];
  readonly tenancy: CertificatePolicy['tenancy'];
  readonly quotas: NonNullable<CertificatePolicy['certificates']['quotas']>;
  /** Undefined where no host is served on demand. */
  readonly onDemand: CertificatePolicy['certificates']['onDemand'];
  /** The one that is asked first at the beginning. */
  readonly issuers: readonly IssuerSettings[];
  /** How names are proven. */
  readonly challenge: CertificatePolicy['certificates']['challenge'];
  /** How hosts are looked at before their first order; not at all where undefined. `networks`: of addresses that are not public, and ours. */
  readonly preflight: { readonly networks: readonly string[] } | undefined;
  /** Where Secrets that the policy names are, each as `<name>/<key>`. */
  readonly secretsFolder: string;
  /** The CA's name for a kind of certificate; its own choice where undefined. */
  readonly profile: string | undefined;
  /** How long a certificate that nobody asks for is kept, in milliseconds. */
  readonly retentionMs: number;
  /** Where the CA may write to. */
  readonly email: string;
}

export interface IssuerSettings {
  readonly directoryUrl: string;
  /** PEM file to trust for the CA's own HTTPS; the public roots where undefined. */
  readonly caBundleFile: string | undefined;
  /** The account at the CA to bind ours to; `macKeyFile` holds its key in base64url. */
  readonly externalAccount: { readonly keyId: string; readonly macKeyFile: string } | undefined;
  /** Those that were given, and else those that are known. */
  readonly limits: CaLimits;
}

const directories = {
  letsencrypt: letsEncryptDirectory,
  'letsencrypt-staging': letsEncryptStagingDirectory,
} as const;

/**
 * Reads certificate-policy.yaml. ConfigMaps and Secrets that it names are expected below `config-maps/` and `secrets/` beside it, as
 * `<name>/<key>`.
 *
 * @throws ConfigError that names every field that is wrong
 */
export async function readCertificateSettings(file: string): Promise<CertificateSettings> {
  return readPolicy(file, (policy) => certificateSettings(policy, dirname(file)));
}

/** Which environment a certificate-policy.yaml is of. @throws ConfigError */
export function readEnvironmentName(file: string): Promise<string> {
  return readPolicy(file, ({ environment }) => environment);
}

async function readPolicy<T>(file: string, use: (policy: CertificatePolicy) => T): Promise<T> {
  const reading = `reading the certificate policy ${file}`;
  try {
    return use(parseCertificatePolicy(parse(await readFile(file, 'utf8'))));
  } catch (cause) {
    if (cause instanceof ConfigError) throw new ConfigError(`${reading}: ${cause.message}`, { hint: cause.hint });
    if (!(cause instanceof z.ZodError)) {
      const hint = 'it is generated from environment.yaml and mounted from the ConfigMap certificate-policy';
      throw new ConfigError(reading, { hint, cause });
    }
    const faults = cause.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
    throw new ConfigError(`${reading}: ${faults.join('; ')}`, {
      hint: 'generate it again: gatefleet generate, of the same release as this controller',
    });
  }
}

/**
 * @param folder - where `config-maps/` and `secrets/` are.
 * @throws ConfigError
 */
export function certificateSettings(policy: CertificatePolicy, folder: string): CertificateSettings {
  const faults = badDomains(policy);
  if (faults.length > 0) {
    throw new ConfigError(faults.join('; '), { hint: 'change spec in environment.yaml and generate again' });
  }
  const { domains, tenancy, certificates } = policy;
  const { issuers, challenge, profile, onDemand, quotas = { namespaces: {} }, retention, email } = certificates;
  return {
    domains,
    tenancy,
    quotas,
    onDemand,
    issuers: issuers.map((issuer) => issuerSettings(issuer, folder)),
    challenge,
    preflight: preflightSettings(certificates),
    secretsFolder: join(folder, 'secrets'),
    profile,
    retentionMs: milliseconds(retention),
    email,
  };
}

/** What a public CA finds is the same from everywhere; where another looks from, only its owner knows. */
function preflightSettings({
  challenge,
  issuers,
  preflight,
}: CertificatePolicy['certificates']): CertificateSettings['preflight'] {
  const isOn = preflight?.enabled ?? issuers.every((issuer) => typeof issuer === 'string');
  return challenge.type === 'http-01' && isOn ? { networks: preflight?.networks ?? [] } : undefined;
}

function issuerSettings(issuer: CertificatePolicy['certificates']['issuers'][number], folder: string): IssuerSettings {
  if (typeof issuer === 'string') {
    const directoryUrl = directories[issuer];
    return { directoryUrl, caBundleFile: undefined, externalAccount: undefined, limits: limitsOf(directoryUrl) };
  }
  const { directory, caBundle, externalAccountBinding: binding, limits } = issuer;
  return {
    directoryUrl: directory,
    caBundleFile: caBundle && join(folder, 'config-maps', caBundle.configMap, caBundle.key),
    externalAccount: binding && {
      keyId: binding.keyId,
      macKeyFile: join(folder, 'secrets', binding.secret.name, binding.secret.key),
    },
    limits: { ...limitsOf(directory), ...caLimits(limits ?? {}) },
  };
}

type GivenLimits = NonNullable<Exclude<CertificatePolicy['certificates']['issuers'][number], string>['limits']>;

function caLimits(given: GivenLimits): CaLimits {
  const limits = Object.entries(given).flatMap(([name, limit]) => {
    return limit === undefined ? [] : [[name, { capacity: limit.count, windowMs: milliseconds(limit.per) }] as const];
  });
  return Object.fromEntries(limits);
}

function badDomains({ domains }: CertificatePolicy): readonly string[] {
  return domains.flatMap((domain, index) => {
    const check = checkHost(domain);
    return check.kind === 'invalid' ? [`spec.domains.${index}: the domain ${check.reason}`] : [];
  });
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @param duration - as the policy has it: `30d` */
function milliseconds(duration: string): number {
  return Number(duration.slice(0, -1)) * (unitMs[duration.slice(-1)] ?? Number.NaN);
}
