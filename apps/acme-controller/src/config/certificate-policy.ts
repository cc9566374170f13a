import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { letsEncryptDirectory, letsEncryptStagingDirectory } from '@gatefleet/ca-limits';
import { parseCertificatePolicy, type CertificatePolicy } from '@gatefleet/environment';
import { checkHost } from '@gatefleet/traefik-config';
import { ConfigError } from './errors.ts';

/** What the controller works by, out of an environment's certificate policy. */
export interface CertificateSettings {
  /** Zones that may be served. */
  readonly domains: readonly string[];
  /** Of the CA. */
  readonly directoryUrl: string;
  /** PEM file to trust for the CA's own HTTPS; the public roots where undefined. */
  readonly caBundleFile: string | undefined;
  /** Where the CA may write to. */
  readonly email: string;
}

const directories = {
  letsencrypt: letsEncryptDirectory,
  'letsencrypt-staging': letsEncryptStagingDirectory,
} as const;

/**
 * Reads certificate-policy.yaml. ConfigMaps that it names are expected below `config-maps/` beside it, as `<name>/<key>`.
 *
 * @throws ConfigError that names every field that is wrong, or asks for what this controller cannot do
 */
export async function readCertificateSettings(file: string): Promise<CertificateSettings> {
  const reading = `reading the certificate policy ${file}`;
  try {
    return certificateSettings(parseCertificatePolicy(parse(await readFile(file, 'utf8'))), dirname(file));
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
 * @param folder - where `config-maps/` is.
 * @throws ConfigError
 */
export function certificateSettings(policy: CertificatePolicy, folder: string): CertificateSettings {
  const faults = [...impossible(policy), ...badDomains(policy)];
  if (faults.length > 0) {
    throw new ConfigError(faults.join('; '), { hint: 'change spec in environment.yaml and generate again' });
  }
  const { domains, certificates } = policy;
  const [issuer = 'letsencrypt'] = certificates.issuers;
  const bundle = typeof issuer === 'string' ? undefined : issuer.caBundle;
  return {
    domains,
    directoryUrl: typeof issuer === 'string' ? directories[issuer] : issuer.directory,
    caBundleFile: bundle && join(folder, 'config-maps', bundle.configMap, bundle.key),
    email: certificates.email,
  };
}

/** Fields that ask for what is not built yet. Passing over one would be a promise that is not kept. */
function impossible({ tenancy, certificates }: CertificatePolicy): readonly string[] {
  const { issuers, profile, challenge, onDemand, retention } = certificates;
  const { type: _type, ...providers } = challenge;
  const asked = {
    tenancy: tenancy.length > 0 && 'a host belongs to the first namespace that claims it; it cannot be limited to some',
    'certificates.issuers': issuers.length > 1 && 'there is no fall-back yet: give one',
    'certificates.issuers.0.externalAccountBinding':
      issuers.some((issuer) => typeof issuer !== 'string' && issuer.externalAccountBinding !== undefined) &&
      'accounts cannot be bound yet',
    'certificates.profile': profile !== undefined && 'a profile cannot be asked for yet',
    'certificates.challenge': challenge.type !== 'http-01' && `${challenge.type} cannot be answered yet: use http-01`,
    ...Object.fromEntries(
      Object.keys(providers).map((name) => [`certificates.challenge.${name}`, 'no DNS provider is known yet']),
    ),
    'certificates.onDemand': onDemand !== undefined && 'certificates come for hosts of Ingresses only',
    'certificates.retention': retention !== '30d' && 'certificates are kept for good: leave it out',
  };
  return Object.entries(asked).flatMap(([field, why]) => (why === false ? [] : [`spec.${field}: ${why}`]));
}

function badDomains({ domains }: CertificatePolicy): readonly string[] {
  return domains.flatMap((domain, index) => {
    const check = checkHost(domain);
    return check.kind === 'invalid' ? [`spec.domains.${index}: the domain ${check.reason}`] : [];
  });
}
