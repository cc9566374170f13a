import type { Candidate } from './candidate.ts';
import { checkCandidate } from './check-candidate.ts';
import { detect, type Detected } from './detect-format.ts';
import { TransferError } from './errors.ts';
import { openBackup } from './formats/backup.ts';
import { readKubernetesSecrets } from './formats/kubernetes-secrets.ts';
import { readTraefikAcmeJson } from './formats/traefik-acme-json.ts';
import { readTraefik1Account } from './formats/traefik-1-account.ts';
import { readTraefik1AcmeJson } from './formats/traefik-1-acme-json.ts';
import { onePerNameSet } from './one-per-name-set.ts';
import { printable } from './printable.ts';
import type { ReadResult, RefusedCertificate, TransferredCertificate } from './transferred-certificate.ts';

export interface ReadOptions {
  /** For messages. */
  readonly fileName: string;
  /** Certificates that have ended by then are refused. */
  readonly now: Date;
  /** For our own backup; other formats need none. */
  readonly passphrase?: string | undefined;
}

/**
 * Reads all certificates of a file in any of the formats that {@link detectFormat} knows, and checks each. What is wrong with one is told
 * in `refused`, and does not keep the others from being read.
 *
 * @throws TransferError when the file as a whole cannot be read
 */
export function readCertificates(bytes: Uint8Array, options: ReadOptions): ReadResult {
  const good: TransferredCertificate[] = [];
  const refused: RefusedCertificate[] = [];
  for (const candidate of candidatesIn(detect(bytes, options.fileName), options)) {
    const checked = checkCandidate(candidate, options.now);
    if (checked.kind === 'good') good.push(checked.certificate);
    else refused.push(checked.refused);
  }
  return { ...onePerNameSet(good), refused };
}

function candidatesIn(detected: Detected, { fileName, passphrase }: ReadOptions): Candidate[] {
  switch (detected.format) {
    case 'gatefleet-backup':
      return openBackup(detected.file, requirePassphrase(passphrase, fileName), printable(fileName));
    case 'traefik-acme-json':
      return readTraefikAcmeJson(detected.document);
    case 'traefik-1-acme-json':
      return readTraefik1AcmeJson(detected.document);
    case 'traefik-1-account':
      return readTraefik1Account(detected.document);
    case 'kubernetes-secrets':
      return readKubernetesSecrets(detected.documents);
  }
}

function requirePassphrase(passphrase: string | undefined, fileName: string): string {
  if (passphrase) return passphrase;
  throw new TransferError(
    'PASSPHRASE_MISSING',
    `reading the backup ${printable(fileName)}: it is encrypted, and no passphrase was given`,
    'Give the passphrase that it was written with.',
  );
}
