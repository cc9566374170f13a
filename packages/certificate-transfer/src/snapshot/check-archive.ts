import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Of a tar file (POSIX.1-2024, pax, "ustar Interchange Format"): everything comes in blocks. */
const BLOCK = 512;
const sumsName = 'SHA256SUMS';
/** The others of an archive that Consul made. */
const expected = ['meta.json', 'state.bin'];

/**
 * Whether the archive is one that Consul would restore, as `consul snapshot inspect` finds it: whole, and each part with the sum that the
 * archive itself has for it.
 *
 * @returns what is wrong with it, without a word of what it holds; undefined if it is good
 */
export async function archiveFault(archive: AsyncIterable<Buffer>): Promise<string | undefined> {
  const sums = new Map<string, string>();
  let told = '';
  try {
    await pipeline(archive, createGunzip(), async (plain: AsyncIterable<Buffer>) => {
      const reader = new Reader(plain);
      for (
        let header = await reader.take(BLOCK);
        header.some((byte) => byte !== 0);
        header = await reader.take(BLOCK)
      ) {
        const name = text(header.subarray(0, 100));
        const size = parseInt(text(header.subarray(124, 136)), 8);
        const hash = createHash('sha256');
        for await (const chunk of reader.upTo(size)) {
          hash.update(chunk);
          if (name === sumsName) told += chunk.toString();
        }
        await reader.take((BLOCK - (size % BLOCK)) % BLOCK);
        sums.set(name, hash.digest('hex'));
      }
      await reader.end();
    });
  } catch (error) {
    if (error instanceof NotWhole || isZlibError(error)) return 'it is not a whole archive of Consul';
    throw error;
  }
  const right = new Map(told.split('\n').flatMap((line) => [splitSum(line)]));
  const wrong = expected.filter((name) => !sums.has(name) || sums.get(name) !== right.get(name));
  return wrong.length === 0 ? undefined : `its ${wrong.join(' and ')} is missing or was changed`;
}

const text = (field: Buffer) => field.toString('latin1').replace(/\0.*$/s, '').trim();

function splitSum(line: string): [name: string, sum: string] {
  const [sum = '', name = ''] = line.split(/ [ *]/);
  return [name, sum];
}

class NotWhole extends Error {}

const isZlibError = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');

/** Takes a stream in pieces of a given size. */
class Reader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async *upTo(size: number): AsyncGenerator<Buffer> {
    if (!Number.isSafeInteger(size) || size < 0) throw new NotWhole();
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) throw new NotWhole();
        this.#rest = next.value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }

  async take(size: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.upTo(size)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** Drains it, so that the check at the end of a packed stream is made. */
  async end(): Promise<void> {
    while ((await this.#chunks.next()).done !== true);
  }
}
