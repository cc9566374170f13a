import { createHmac } from 'node:crypto';
import type { AccountKey } from './account-key.ts';

/** An account that the CA already has elsewhere, which ours is to be bound to. */
export interface ExternalAccount {
  /** As the CA gave it. */
  readonly keyId: string;
  /** The MAC key that the CA gave, in base64url. */
  readonly macKey: string;
}

/** The proof that goes with the registration. @see RFC 8555, section 7.3.4 */
export function bindExternalAccount(
  { keyId, macKey }: ExternalAccount,
  key: AccountKey,
  newAccountUrl: string,
): object {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'HS256', kid: keyId, url: newAccountUrl });
  const payload = encode(key.publicJwk);
  const mac = createHmac('sha256', Buffer.from(macKey, 'base64url')).update(`${header}.${payload}`);
  return { protected: header, payload, signature: mac.digest('base64url') };
}
