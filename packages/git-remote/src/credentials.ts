import { createHash, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Whether an Authorization header carries these, by HTTP Basic (RFC 7617). Takes the same time for any wrong value. */
export function isAuthorized(header: string | undefined, { user, password }: Credentials): boolean {
  const [scheme, encoded = ''] = (header ?? '').split(' ');
  const given = scheme?.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  return timingSafeEqual(digest(given), digest(Buffer.from(`${user}:${password}`)));
}

/** Digests have one length, which the comparison wants. */
function digest(value: Buffer): Buffer {
  return createHash('sha256').update(value).digest();
}
