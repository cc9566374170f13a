import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { encryptionKeySecret, fingerprint, valuesIn } from '@gatefleet/certificate-commands';
import { z } from 'zod';

export type CipherErrorCode = 'BAD_KEY' | 'WRONG_KEY' | 'BAD_RECORD' | 'UNKNOWN_FORMAT';

/** Never carries a key or a plain text. */
export class CipherError extends Error {
  override readonly name = 'CipherError';
  readonly code: CipherErrorCode;
  readonly hint: string | undefined;

  constructor(code: CipherErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

const KEY_BYTES = 32;
/** NIST SP 800-38D section 8.2.2: random, and the size that GCM is made for. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

const SECRET = `the Secret ${encryptionKeySecret.name}`;

const Sealed = z.object({
  /** The format of what is inside. */
  v: z.int().positive(),
  /** Which key sealed it; tells nothing of the key. */
  key: z.string(),
  nonce: z.base64(),
  /** Cipher text and tag. */
  data: z.base64(),
});
type Sealed = z.infer<typeof Sealed>;

/** What a seal held. */
export interface Opened {
  readonly plain: string;
  readonly format: number;
  /** Name of the key that sealed it. */
  readonly key: string;
}

/** What a record says that was sealed by a key which is not there. */
export function wrongKey(doing: string, wanted: string, has: readonly string[]): CipherError {
  return new CipherError('WRONG_KEY', `${doing}: the key ${wanted} is wanted, and there is only ${has.join(', ')}`, {
    hint: `add that key as a further line to \`${encryptionKeySecret.listedIn}\` of ${SECRET}; nothing was changed`,
  });
}

/**
 * Seals records with AES-256-GCM, and says in each which key it was, and in which format its content is. The record's path and format are
 * authenticated with it, so it cannot be moved to another place, nor be read as something else. One key seals; further ones open what they sealed.
 */
export class RecordCipher {
  #keys: ReadonlyMap<string, Buffer>;
  readonly #listeners = new Set<() => void>();

  /** @param keys - one a line, each 32 bytes in base64; the first seals. @param from - where they are from, for messages. @throws CipherError `BAD_KEY` */
  constructor(keys: string, from: string = SECRET) {
    this.#keys = keysIn(keys, from);
  }

  /** Has the keys of that one from now on. */
  take(other: RecordCipher): void {
    this.#keys = other.#keys;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back when there are other keys. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /** Name of the key that seals. */
  get keyId(): string {
    return this.keyIds[0] ?? '';
  }

  /** Names of all keys, that of the one that seals first. */
  get keyIds(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Keys of 32 bytes for another purpose, which tell nothing of these (HKDF, RFC 5869), in the same order. */
  keysFor(purpose: string): readonly Buffer[] {
    return [...this.#keys.values()].map((key) =>
      Buffer.from(hkdfSync('sha256', key, '', `gatefleet ${purpose}`, KEY_BYTES)),
    );
  }

  seal(path: string, plain: string, format: number): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key(this.keyId, path), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(authenticated(path, format));
    const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    const sealed: Sealed = {
      v: format,
      key: this.keyId,
      nonce: nonce.toString('base64'),
      data: data.toString('base64'),
    };
    return JSON.stringify(sealed);
  }

  /** @throws CipherError `WRONG_KEY` when a key sealed it that is not there, `BAD_RECORD` when it was changed or moved */
  open(path: string, text: string): Opened {
    const sealed = parse(path, text);
    const key = this.#key(sealed.key, path);
    const data = Buffer.from(sealed.data, 'base64');
    try {
      const nonce = Buffer.from(sealed.nonce, 'base64');
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(authenticated(path, sealed.v));
      decipher.setAuthTag(data.subarray(-TAG_BYTES));
      const plain = Buffer.concat([decipher.update(data.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
      return { plain, format: sealed.v, key: sealed.key };
    } catch (cause) {
      throw new CipherError('BAD_RECORD', `opening ${path}: it was changed, or sealed for another place`, { cause });
    }
  }

  #key(id: string, path: string): Buffer {
    const key = this.#keys.get(id);
    if (key === undefined) throw wrongKey(`opening ${path}`, id, this.keyIds);
    return key;
  }
}

/** Records of the first format are from before there was another. */
function authenticated(path: string, format: number): Buffer {
  return Buffer.from(format === 1 ? path : `${path}\n${format}`, 'utf8');
}

/** Name of the key that a record says it was sealed by. @throws CipherError `BAD_RECORD` */
export function keyNamedIn(path: string, text: string): string {
  return parse(path, text).key;
}

function parse(path: string, text: string): Sealed {
  try {
    return Sealed.parse(JSON.parse(text));
  } catch (cause) {
    throw new CipherError('BAD_RECORD', `opening ${path}: it is not a sealed record`, { cause });
  }
}

function keysIn(text: string, from: string): ReadonlyMap<string, Buffer> {
  const hint = `bring ${SECRET} back from a backup: what a key sealed, another one does not open; create-secrets makes one only where there is none`;
  const lines = valuesIn(text);
  if (lines.length === 0)
    throw new CipherError('BAD_KEY', `reading the encryption keys from ${from}: there is none`, { hint });
  return new Map(
    lines.map((line, at) => {
      const key = Buffer.from(line, 'base64');
      const isWeak = new Set(key).size < 8;
      if (key.toString('base64') !== line || key.length !== KEY_BYTES || isWeak) {
        const message = `reading the encryption keys from ${from}: line ${at + 1} is not ${KEY_BYTES} random bytes in base64`;
        throw new CipherError('BAD_KEY', message, { hint });
      }
      return [fingerprint(line), key];
    }),
  );
}

/** @throws CipherError `BAD_KEY` */
export async function readCipher(file: string): Promise<RecordCipher> {
  let keys: string;
  try {
    keys = await readFile(file, 'utf8');
  } catch (cause) {
    throw new CipherError('BAD_KEY', `reading the encryption keys from ${file}`, {
      hint: `mount \`${encryptionKeySecret.listedIn}\` of ${SECRET} there`,
      cause,
    });
  }
  return new RecordCipher(keys, file);
}
