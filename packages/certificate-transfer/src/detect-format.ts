import { TransferError } from './errors.ts';
import { looksLikeBackup } from './formats/backup.ts';
import { parseDocuments } from './formats/documents.ts';
import { areKubernetesSecrets } from './formats/kubernetes-secrets.ts';
import { isTraefikAcmeJson } from './formats/traefik-acme-json.ts';
import { isGzip, isTraefik1Account, unpack } from './formats/traefik-1-account.ts';
import { isTraefik1AcmeJson } from './formats/traefik-1-acme-json.ts';
import { printable } from './printable.ts';

export type TransferFormat =
  'gatefleet-backup' | 'traefik-acme-json' | 'traefik-1-acme-json' | 'traefik-1-account' | 'kubernetes-secrets';

/** A file of a known format, as far as its reader needs it. */
export type Detected =
  | { readonly format: 'gatefleet-backup'; readonly file: Buffer }
  | {
      readonly format: 'traefik-acme-json' | 'traefik-1-acme-json' | 'traefik-1-account';
      readonly document: unknown;
    }
  | { readonly format: 'kubernetes-secrets'; readonly documents: readonly unknown[] };

/**
 * Which format it is. Its content decides, not its name.
 *
 * @param fileName - for messages.
 * @throws TransferError `UNKNOWN_FORMAT`, and `INPUT_BROKEN` for gzip that cannot be unpacked
 */
export function detectFormat(bytes: Uint8Array, fileName: string): TransferFormat {
  return detect(bytes, fileName).format;
}

/** @throws TransferError as {@link detectFormat} does */
export function detect(bytes: Uint8Array, fileName: string): Detected {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (looksLikeBackup(file)) return { format: 'gatefleet-backup', file };
  if (isGzip(file)) return detectPacked(file, fileName);
  const text = decodeUtf8(file);
  const bare = text === undefined ? undefined : decodeBase64(text);
  if (bare !== undefined && isGzip(bare)) return detectPacked(bare, fileName);

  const documents = text === undefined ? undefined : parseDocuments(bare?.toString() ?? text);
  if (documents === undefined) throw unknownFormat(fileName);
  if (areKubernetesSecrets(documents)) return { format: 'kubernetes-secrets', documents };
  const [document, ...more] = documents;
  if (more.length > 0) throw unknownFormat(fileName);
  if (isTraefik1Account(document)) return { format: 'traefik-1-account', document };
  if (isTraefik1AcmeJson(document)) return { format: 'traefik-1-acme-json', document };
  if (isTraefikAcmeJson(document)) return { format: 'traefik-acme-json', document };
  throw unknownFormat(fileName);
}

function detectPacked(packed: Buffer, fileName: string): Detected {
  const unpacked = unpack(packed);
  if (unpacked === undefined) {
    throw new TransferError(
      'INPUT_BROKEN',
      `reading ${printable(fileName)}: it is gzip, but cut off, damaged or too large`,
      'Take the value from the store again, byte for byte, for instance by: consul kv get -base64 traefik/acme/account/object > account.txt',
    );
  }
  const document = parseDocuments(unpacked.toString())?.[0];
  if (!isTraefik1Account(document)) throw unknownFormat(fileName);
  return { format: 'traefik-1-account', document };
}

function unknownFormat(fileName: string): TransferError {
  return new TransferError(
    'UNKNOWN_FORMAT',
    `reading ${printable(fileName)}: it is none of the formats that certificates are read from`,
    'Understood are: a backup of gatefleet; acme.json of Traefik 1, 2 or 3; the value of traefik/acme/account/object in the store of a ' +
      'Traefik 1 cluster; and Secrets of type kubernetes.io/tls, as kubectl get secrets -o yaml prints them.',
  );
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined for a text with anything else than base64 and white space in it. */
function decodeBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/=\s]+$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
