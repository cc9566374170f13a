import { AcmeError } from '../errors.ts';

/** Both ends as printed in the leaf certificate, ISO 8601. */
export interface Validity {
  readonly notBefore: string;
  readonly notAfter: string;
}

const DAY_MS = 86_400_000;

/**
 * When to renew if the CA gives no renewal window (RFC 9773): with a third of the lifetime left, or half-way for lifetimes under 10 days.
 *
 * @throws {@link AcmeError} `BAD_VALIDITY` when the certificate ends before it starts.
 * @see https://letsencrypt.org/docs/integration-guide/ (source of both fractions)
 */
export function renewAt({ notBefore, notAfter }: Validity): Date {
  const start = Date.parse(notBefore);
  const lifetimeMs = Date.parse(notAfter) - start;
  if (!(lifetimeMs > 0))
    throw new AcmeError('BAD_VALIDITY', `reading the validity ${notBefore} to ${notAfter}: it ends before it starts`);
  return new Date(start + lifetimeMs * (lifetimeMs < 10 * DAY_MS ? 1 / 2 : 2 / 3));
}
