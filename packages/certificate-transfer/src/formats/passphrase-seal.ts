import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  scryptSync,
  type CipherGCM,
  type DecipherGCM,
} from 'node:crypto';
import { z } from 'zod';

/** How hard a passphrase is to try, RFC 7914, section 2: memory is 128 × N × r bytes, work grows with N × r × p. */
export interface ScryptCost {
  /** A power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB and about half a second a guess. Source: OWASP, Password Storage Cheat Sheet, scrypt. */
export const defaultScryptCost: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/** What a file may make us spend before it is known to be ours. */
const MAX_MEMORY = 512 * 1024 * 1024;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
const SALT_BYTES = 16;

const bytes = (length: number) =>
  z.base64().refine((text) => Buffer.from(text, 'base64').length === length, `must be ${length} bytes`);

/** What a reader needs besides the passphrase; none of it is secret. */
export const SealParameters = z.object({
  kdf: z.object({
    name: z.literal('scrypt'),
    N: z.int().refine((N) => N > 1 && Number.isInteger(Math.log2(N)), 'must be a power of two'),
    r: z.int().min(1).max(32),
    p: z.int().min(1).max(4),
    salt: bytes(SALT_BYTES),
  }),
  cipher: z.object({ name: z.literal('aes-256-gcm'), nonce: bytes(NONCE_BYTES) }),
});
export type SealParameters = z.infer<typeof SealParameters>;

/** With a salt and a nonce that were never used before. */
export function newSealParameters({ N, r, p }: ScryptCost): SealParameters {
  return {
    kdf: { name: 'scrypt', N, r, p, salt: randomBytes(SALT_BYTES).toString('base64') },
    cipher: { name: 'aes-256-gcm', nonce: randomBytes(NONCE_BYTES).toString('base64') },
  };
}

/** Whether they keep to scrypt's own limit (RFC 7914, section 2) and to ours: a file may ask for more memory than the machine has. */
export function isUsable({ kdf }: SealParameters): boolean {
  return Math.log2(kdf.N) < 16 * kdf.r && memory(kdf) <= MAX_MEMORY;
}

/** @param bound - what is not hidden, but must not change either. */
export function seal(parameters: SealParameters, passphrase: string, plain: Buffer, bound: Buffer): Buffer {
  const cipher = cipherFor(parameters, sealKey(parameters, passphrase), bound);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined with another passphrase, or when a bit of `sealed` or `bound` was changed. */
export function unseal(
  parameters: SealParameters,
  passphrase: string,
  sealed: Buffer,
  bound: Buffer,
): Buffer | undefined {
  if (sealed.length < TAG_BYTES) return undefined;
  const decipher = decipherFor(parameters, sealKey(parameters, passphrase), bound);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The key that a passphrase stands for. It takes as long as the cost says. */
export function sealKey({ kdf }: SealParameters, passphrase: string): Buffer {
  const { N, r, p, salt } = kdf;
  // Keyboards differ in how they compose letters.
  const text = passphrase.normalize('NFC');
  return scryptSync(text, Buffer.from(salt, 'base64'), KEY_BYTES, { N, r, p, maxmem: memory(kdf) });
}

export function cipherFor(parameters: SealParameters, key: Buffer, bound: Buffer): CipherGCM {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(parameters), { authTagLength: TAG_BYTES });
  return cipher.setAAD(bound);
}

export function decipherFor(parameters: SealParameters, key: Buffer, bound: Buffer): DecipherGCM {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(parameters), { authTagLength: TAG_BYTES });
  return decipher.setAAD(bound);
}

/** OpenSSL counts 128 × r × (N + p + 2) bytes. */
function memory({ N, r, p }: ScryptCost): number {
  return 128 * r * (N + p + 2);
}

function nonceOf({ cipher }: SealParameters): Buffer {
  return Buffer.from(cipher.nonce, 'base64');
}
