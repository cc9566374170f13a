import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DnsChallenges, PersistChallenges } from '@gatefleet/acme';
import { createDnsProvider, type PodEnvironment, type SecretReader } from '@gatefleet/dns-challenge';
import type { CertificateSettings } from '../config/certificate-policy.ts';
import { dnsChallenges } from './dns-challenges.ts';
import { persistChallenges } from './persist-challenges.ts';

export interface OpenDnsOptions {
  /** For credentials of the Pod's own identity. */
  readonly environment?: PodEnvironment | undefined;
  /** Recursive servers, host and port. Default: those of the system. */
  readonly resolvers?: readonly string[];
  /** Where the zones' own servers listen. Default 53. */
  readonly port?: number;
}

export interface OpenedDns {
  /** With dns-01. */
  readonly dns: DnsChallenges | undefined;
  /** With dns-persist-01. */
  readonly persist: PersistChallenges | undefined;
}

/** What proves names in DNS, as the certificate policy says; neither with http-01. @throws DnsChallengeError `BAD_CONFIG` */
export function openDns(
  { challenge, secretsFolder }: Pick<CertificateSettings, 'challenge' | 'secretsFolder'>,
  { environment, ...servers }: OpenDnsOptions = {},
): OpenedDns {
  switch (challenge.type) {
    case 'http-01':
      return { dns: undefined, persist: undefined };
    case 'dns-persist-01':
      return { dns: undefined, persist: persistChallenges(servers) };
    case 'dns-01': {
      // Read with every change: kubelet renews what is mounted.
      const secrets: SecretReader = ({ name, key }, signal) =>
        readFile(join(secretsFolder, name, key), { encoding: 'utf8', signal });
      const provider = createDnsProvider(challenge, secrets, { environment });
      return { dns: dnsChallenges({ provider, ...servers }), persist: undefined };
    }
  }
}
