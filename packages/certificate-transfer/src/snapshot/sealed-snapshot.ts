import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { TransferError } from '../errors.ts';
import { checkPassphrase } from '../formats/check-passphrase.ts';
import {
  cipherFor,
  decipherFor,
  defaultScryptCost,
  isUsable,
  newSealParameters,
  sealKey,
  SealParameters,
  TAG_BYTES,
  type ScryptCost,
} from '../formats/passphrase-seal.ts';
import { archiveFault } from './check-archive.ts';

/*
 * The whole store in one file.
 *
 * 1. A line of JSON in the clear: format, version, environment, createdAt, what sealed the rest, and by which a wrong passphrase is known.
 * 2. Up to the last 16 bytes, which are the tag: AES-256-GCM's ciphertext of a line of JSON, { encryptionKey }, and of Consul's own
 *    archive. The first line's bytes are bound to it.
 *
 * It is made and read as a stream: a store may be larger than a Pod's memory.
 */

const FORMAT = 'gatefleet-store';
const VERSION = 1;
const LINE_FEED = 0x0a;
/** Longer than any first line that was ever written. */
const MAX_LINE = 4_096;
const damaged =
  'Copy the file anew, byte for byte; it may have been cut off or changed. Another snapshot may be whole.';

const Versioned = z.object({ format: z.literal(FORMAT), version: z.int().positive() });
const Header = z.object({
  ...SealParameters.shape,
  environment: z.string(),
  createdAt: z.iso.datetime(),
  check: z.base64(),
});
const Inside = z.object({ encryptionKey: z.record(z.string(), z.string()) });

export interface SnapshotFacts {
  readonly environment: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface SnapshotToSeal extends SnapshotFacts {
  /** At least 12 characters. */
  readonly passphrase: string;
  /** The Secret with the key of the store's records, by its own keys: without it nobody could read what is restored. */
  readonly encryptionKey: Readonly<Record<string, string>>;
  /** As Consul gives it. */
  readonly archive: AsyncIterable<Uint8Array>;
  /** Default: {@link defaultScryptCost}. Less is for tests. */
  readonly cost?: ScryptCost;
}

/** The bytes of a snapshot's file. @throws TransferError `PASSPHRASE_TOO_SHORT`, before anything is read */
export async function* sealSnapshot({
  environment,
  createdAt,
  passphrase,
  encryptionKey,
  archive,
  cost = defaultScryptCost,
}: SnapshotToSeal): AsyncGenerator<Buffer> {
  checkPassphrase(passphrase);
  const parameters = newSealParameters(cost);
  const key = sealKey(parameters, passphrase);
  const header = Buffer.from(
    `${JSON.stringify({ format: FORMAT, version: VERSION, environment, createdAt, check: checkOf(key), ...parameters })}\n`,
  );
  yield header;
  const cipher = cipherFor(parameters, key, header);
  yield cipher.update(`${JSON.stringify({ encryptionKey })}\n`);
  for await (const chunk of archive) yield cipher.update(chunk);
  yield cipher.final();
  yield cipher.getAuthTag();
}

/** A snapshot that was found to be whole, and to be what a store restores. */
export interface OpenedSnapshot extends SnapshotFacts {
  readonly encryptionKey: Readonly<Record<string, string>>;
  /** Consul's archive, read anew from the file. */
  archive(): AsyncIterable<Buffer>;
}

export interface OpenSnapshotOptions {
  readonly passphrase: string;
  /** For messages. */
  readonly fileName: string;
}

/**
 * Opens a snapshot, and checks all of it before anything of it is given out: the seal first, then the archive inside.
 *
 * @param read - the file from its beginning, each time. @throws TransferError `INPUT_BROKEN`, `BACKUP_NOT_OPENED`, `BACKUP_TOO_NEW`
 */
export async function openSnapshot(
  read: () => AsyncIterable<Buffer>,
  { passphrase, fileName }: OpenSnapshotOptions,
): Promise<OpenedSnapshot> {
  const underWay = `reading the snapshot ${fileName}`;
  const broken = (what: string) => new TransferError('INPUT_BROKEN', `${underWay}: ${what}`, damaged);
  const { line } = await firstLine(read());
  const known = Versioned.safeParse(parsed(line));
  if (!known.success) throw broken('it does not begin like one');
  if (known.data.version > VERSION) {
    throw new TransferError(
      'BACKUP_TOO_NEW',
      `${underWay}: it has version ${known.data.version}, and the last that is known here is ${VERSION}`,
      'Read it with the version of gatefleet that wrote it, or a later one.',
    );
  }
  const header = Header.safeParse(parsed(line));
  if (!header.success || !isUsable(header.data)) throw broken('its first line is not one that is ever written');
  const { environment, createdAt, check } = header.data;
  const key = sealKey(header.data, passphrase);
  if (checkOf(key) !== check) {
    throw new TransferError(
      'BACKUP_NOT_OPENED',
      `${underWay} of ${environment} at ${createdAt}: the passphrase is not the one that it was sealed with`,
      'Check the passphrase, also for spaces around it: it was that of the Secret gatefleet-backup-passphrase at the time.',
    );
  }
  const plain = () => opened(read(), (bound) => decipherFor(header.data, key, bound), broken);
  await drained(plain());
  const { line: first, rest } = await firstLine(plain());
  const inside = Inside.safeParse(parsed(first));
  if (!inside.success) throw broken('it opens, but does not hold what one has');
  const fault = await archiveFault(rest);
  if (fault !== undefined) throw broken(fault);
  return {
    environment,
    createdAt,
    encryptionKey: inside.data.encryptionKey,
    async *archive() {
      yield* (await firstLine(plain())).rest;
    },
  };
}

/** Tells one key from another, and nothing of it. */
const checkOf = (key: Buffer): string =>
  createHmac('sha256', key).update('gatefleet store snapshot').digest().subarray(0, 9).toString('base64');

/** What is sealed, as it comes. What it gave is proven only by its end. @throws what `broken` makes */
async function* opened(
  file: AsyncIterable<Buffer>,
  decipherWith: (bound: Buffer) => ReturnType<typeof decipherFor>,
  broken: (what: string) => TransferError,
): AsyncGenerator<Buffer> {
  const { line, rest } = await firstLine(file);
  const decipher = decipherWith(line);
  let held = Buffer.alloc(0);
  for await (const chunk of rest) {
    const all = Buffer.concat([held, chunk]);
    const sealed = all.subarray(0, -TAG_BYTES);
    held = all.subarray(sealed.length);
    yield decipher.update(sealed);
  }
  try {
    decipher.setAuthTag(held);
    decipher.final();
  } catch {
    throw broken('the passphrase is right, but a part is missing or was changed');
  }
}

/** The first line with its line feed, and what comes after it. An empty line where there is none. */
async function firstLine(
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly line: Buffer; readonly rest: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (!start.includes(LINE_FEED) && start.length < MAX_LINE) {
    const next = await iterator.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
  }
  const end = start.indexOf(LINE_FEED) + 1;
  async function* rest() {
    yield start.subarray(end);
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { line: start.subarray(0, end), rest: rest() };
}

async function drained(chunks: AsyncGenerator<Buffer>): Promise<void> {
  while ((await chunks.next()).done !== true);
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString()) as unknown;
  } catch {
    return undefined;
  }
}
