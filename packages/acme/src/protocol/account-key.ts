import { createPrivateKey } from 'node:crypto';
import { calculateJwkThumbprint, FlattenedSign, type JWK } from 'jose';
import { importKeyPair } from '../keys/private-key.ts';

/** Who signs: the key itself, where the CA does not know the account yet, or the account's URL. */
export type Signer = { readonly jwk: JWK } | { readonly kid: string };

/** An account's key, ready to sign. */
export interface AccountKey {
  readonly publicJwk: JWK;
  /** SHA-256 of the public key, base64url. @see RFC 7638 */
  readonly thumbprint: string;
  /**
   * One signed request as RFC 8555, section 6.2 wants it; without a nonce, what stands inside another one.
   * @param payload - JSON text; empty for POST-as-GET.
   */
  sign(payload: string, header: Signer & { readonly nonce?: string; readonly url: string }): Promise<string>;
}

/** @param privateKeyPem - ECDSA P-256, PKCS#8. */
export async function importAccountKey(privateKeyPem: string): Promise<AccountKey> {
  const { kty, crv, x, y } = createPrivateKey(privateKeyPem).export({ format: 'jwk' });
  const publicJwk = { kty, crv, x, y } as JWK;
  const { privateKey } = await importKeyPair(privateKeyPem);
  return {
    publicJwk,
    thumbprint: await calculateJwkThumbprint(publicJwk, 'sha256'),
    async sign(payload, header) {
      const jws = new FlattenedSign(Buffer.from(payload)).setProtectedHeader({ alg: 'ES256', ...header });
      return JSON.stringify(await jws.sign(privateKey));
    },
  };
}
