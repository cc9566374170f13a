import { AcmeError } from '../errors.ts';
import type { AccountKey } from './account-key.ts';
import type { CertificateAuthority } from './certificate-authority.ts';

/**
 * Gives an account another key: asked for by the old one, and agreed to by the new one. Once it is carried out the CA takes nothing that
 * the old one signs.
 *
 * @see RFC 8555, section 7.3.5
 */
export async function changeAccountKey(
  ca: CertificateAuthority,
  { key, accountUrl }: { readonly key: AccountKey; readonly accountUrl: string },
  next: AccountKey,
  signal: AbortSignal,
): Promise<void> {
  const { keyChange } = await ca.directory(signal);
  const doing = `changing the key of account ${accountUrl}`;
  if (keyChange === undefined) throw new AcmeError('REFUSED', `${doing}: the CA offers no such thing`);
  const agreed = { account: accountUrl, oldKey: key.publicJwk };
  const inner = await next.sign(JSON.stringify(agreed), { jwk: next.publicJwk, url: keyChange });
  const payload = JSON.parse(inner) as object;
  await ca.post(doing, { endpoint: 'keyChange', url: keyChange, payload, key, accountUrl }, signal);
}
