import { AcmeError } from '../errors.ts';
import { instantIn, type RenewalWindow } from './renewal-window.ts';

/** Both ends as printed in the leaf certificate, ISO 8601. */
export interface Validity {
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What decides when a certificate is renewed. */
export interface Renewable extends Validity {
  readonly serial: string;
  readonly window?: RenewalWindow | undefined;
}

const DAY_MS = 86_400_000;

/** A window that a CA puts too late must not let a certificate end: a fifth of its life is kept for trying. */
const KEPT_FOR_TRYING = 1 / 5;

/**
 * When to renew: at this certificate's random instant in the window that the CA suggests (RFC 9773). Without a window, with a third of
 * the lifetime left, or half-way for lifetimes under 10 days.
 *
 * @throws {@link AcmeError} `BAD_VALIDITY` when the certificate ends before it starts.
 * @see https://letsencrypt.org/docs/integration-guide/ (source of both fractions)
 */
export function renewAt(certificate: Renewable): Date {
  const { window, serial } = certificate;
  const start = Date.parse(certificate.notBefore);
  const lifetimeMs = lifetimeOf(certificate);
  if (window !== undefined) {
    const latest = start + lifetimeMs * (1 - KEPT_FOR_TRYING);
    return new Date(Math.min(instantIn(window, serial).getTime(), latest));
  }
  return new Date(start + lifetimeMs * (lifetimeMs < 10 * DAY_MS ? 1 / 2 : 2 / 3));
}

function lifetimeOf({ notBefore, notAfter }: Validity): number {
  const lifetimeMs = Date.parse(notAfter) - Date.parse(notBefore);
  if (!(lifetimeMs > 0))
    throw new AcmeError('BAD_VALIDITY', `reading the validity ${notBefore} to ${notAfter}: it ends before it starts`);
  return lifetimeMs;
}
