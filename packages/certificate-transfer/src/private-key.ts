import { createPrivateKey, type KeyObject } from 'node:crypto';

export type ReadKey =
  | { readonly kind: 'key'; readonly key: KeyObject; readonly pem: string }
  /** `reason` completes "… is refused: ". */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** RFC 7468: text around the blocks is no part of them. OpenSSL puts a block `EC PARAMETERS` before a SEC1 key. */
const BLOCK = /-----BEGIN ((?:[A-Z0-9]+ )*)PRIVATE KEY-----.*?-----END \1PRIVATE KEY-----/s;

/** Reads the first private key of a PEM text, be it PKCS#8, PKCS#1 (RFC 8017, appendix A.1.2) or SEC1 (RFC 5915), and gives it as PKCS#8. */
export function readPrivateKey(text: string): ReadKey {
  const block = BLOCK.exec(text);
  if (block === null) return { kind: 'unreadable', reason: 'its private key is not PEM, or is cut off' };
  if (block[1] === 'ENCRYPTED ' || /^Proc-Type: 4,ENCRYPTED/m.test(block[0])) {
    return { kind: 'unreadable', reason: 'its private key is encrypted' };
  }
  try {
    const key = createPrivateKey(block[0]);
    return { kind: 'key', key, pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  } catch {
    return { kind: 'unreadable', reason: 'its private key cannot be decoded' };
  }
}
