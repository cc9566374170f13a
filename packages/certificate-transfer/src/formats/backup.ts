import { CertificateRecord } from '@gatefleet/acme';
import { z } from 'zod';
import type { Candidate } from '../candidate.ts';
import { TransferError } from '../errors.ts';
import { checkPassphrase } from './check-passphrase.ts';
import {
  defaultScryptCost,
  isUsable,
  newSealParameters,
  seal,
  SealParameters,
  unseal,
  type ScryptCost,
} from './passphrase-seal.ts';

/*
 * Our own backup: two lines of ASCII, each ended by a line feed.
 *
 * 1. The header as JSON, in the clear: format, version, createdAt, and what sealed the second line. It says nothing of what is inside.
 * 2. Base64 of AES-256-GCM's ciphertext and tag. The key is made of the passphrase by scrypt. The header's bytes are bound to it, so that
 *    a changed header opens nothing. Inside is JSON: { certificates: CertificateRecord[] }.
 */

const FORMAT = 'gatefleet-certificates';
const VERSION = 1;
const START = `{"format":"${FORMAT}",`;
const damaged =
  'Copy the file anew, byte for byte: an editor or a mail program may have changed it, or it was cut off. Another backup may be whole.';

const Versioned = z.object({ version: z.int().positive() });
const Header = z.object({ ...SealParameters.shape, createdAt: z.iso.datetime() });
const Body = z.object({ certificates: z.array(z.unknown()) });

export interface BackupOptions {
  /** At least 12 characters: the file may lie where others find it, and only this protects the keys in it. */
  readonly passphrase: string;
  readonly createdAt: Date;
  /** Default: {@link defaultScryptCost}. Less is for tests. */
  readonly cost?: ScryptCost | undefined;
}

/**
 * A backup file of these certificates with their keys, encrypted. There is no other form: keys are never written in plain.
 * It takes half a second and 128 MiB.
 *
 * @throws TransferError `PASSPHRASE_TOO_SHORT`
 */
export function writeBackup(records: readonly CertificateRecord[], options: BackupOptions): Buffer {
  const { passphrase, createdAt, cost = defaultScryptCost } = options;
  checkPassphrase(passphrase);
  const parameters = newSealParameters(cost);
  const header = Buffer.from(
    JSON.stringify({ format: FORMAT, version: VERSION, createdAt: createdAt.toISOString(), ...parameters }),
  );
  const plain = Buffer.from(JSON.stringify({ certificates: records }));
  const sealed = seal(parameters, passphrase, plain, header).toString('base64');
  return Buffer.concat([header, Buffer.from(`\n${sealed}\n`)]);
}

/** Whether it begins like one; it may be damaged all the same. */
export function looksLikeBackup(bytes: Buffer): boolean {
  return bytes.subarray(0, START.length).toString('latin1') === START;
}

/** @throws TransferError `INPUT_BROKEN`, `BACKUP_TOO_NEW`, `BACKUP_NOT_OPENED` */
export function openBackup(file: Buffer, passphrase: string, fileName: string): Candidate[] {
  const underWay = `reading the backup ${fileName}`;
  const broken = (what: string) => new TransferError('INPUT_BROKEN', `${underWay}: ${what}`, damaged);

  const headerEnd = file.indexOf('\n');
  const header = headerEnd < 0 ? undefined : parseJson(file.subarray(0, headerEnd));
  const versioned = Versioned.safeParse(header);
  if (!versioned.success) throw broken('its first line is not a header');
  if (versioned.data.version > VERSION) {
    throw new TransferError(
      'BACKUP_TOO_NEW',
      `${underWay}: it has version ${versioned.data.version}, and the last that is known here is ${VERSION}`,
      'Read it with the version of gatefleet that wrote it, or a later one.',
    );
  }
  const parameters = Header.safeParse(header);
  if (!parameters.success || !isUsable(parameters.data)) throw broken('its header is not one that is ever written');

  const sealed = decodeBody(file.subarray(headerEnd + 1));
  if (sealed === undefined) throw broken('its second line is not whole');
  const plain = unseal(parameters.data, passphrase, sealed, file.subarray(0, headerEnd));
  if (plain === undefined) {
    throw new TransferError(
      'BACKUP_NOT_OPENED',
      `${underWay} of ${parameters.data.createdAt}: the passphrase is not the one it was written with, or the file was changed`,
      `Check the passphrase, also for spaces around it. ${damaged}`,
    );
  }
  const body = Body.safeParse(parseJson(plain));
  if (!body.success) throw broken('it opens, but holds no list of certificates');
  return body.data.certificates.map(toCandidate);
}

/** Decoders of base64 are lenient; only the one spelling that is written is taken. */
function decodeBody(line: Buffer): Buffer | undefined {
  const text = line.toString('latin1');
  const decoded = Buffer.from(text.slice(0, -1), 'base64');
  return text === `${decoded.toString('base64')}\n` ? decoded : undefined;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return undefined;
  }
}

function toCandidate(value: unknown, at: number): Candidate {
  const source = `certificates[${at}]`;
  const record = CertificateRecord.safeParse(value);
  if (!record.success) return { source, problem: 'it is not a record of a certificate', namesFrom: 'input' };
  const { names, chain, privateKey, ca, window } = record.data;
  return {
    source,
    chain,
    privateKey,
    stated: names,
    namesFrom: 'input',
    fromBackup: { ca, ...(window !== undefined && { window }) },
  };
}
