import { z } from 'zod';
import { AcmeError } from '../errors.ts';
import type { RenewalWindow } from '../plan/renewal-window.ts';
import { readBody, type CertificateAuthority } from './certificate-authority.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface RenewalInfo {
  readonly window: RenewalWindow;
  /** A page of the CA for people, where it has a reason to tell. */
  readonly explanationUrl: string | undefined;
  /** When to ask again. */
  readonly askAgainAt: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Bounds for what a CA may ask of us, and what we do where it does not say. @see RFC 9773, sections 4.3.1 to 4.3.3 */
const SHORTEST_MS = MINUTE_MS;
const LONGEST_MS = 24 * HOUR_MS;
const DEFAULT_MS = 6 * HOUR_MS;

const time = z.iso.datetime({ offset: true });
const Body = z.object({
  suggestedWindow: z.object({ start: time, end: time }),
  explanationURL: z.url({ protocol: /^https?$/ }).optional(),
});

/**
 * Asks the CA when to renew a certificate; undefined where the CA does not offer that.
 *
 * @param id - {@link ariIdentifier} of the certificate.
 * @throws AcmeError; also where the window ends before it starts, for which the RFC says to act as on no answer.
 * @see RFC 9773, section 4.1
 */
export async function askRenewalInfo(
  ca: Pick<CertificateAuthority, 'directory' | 'get'>,
  id: string,
  now: Date,
  signal: AbortSignal,
): Promise<RenewalInfo | undefined> {
  const { renewalInfo } = await ca.directory(signal);
  if (renewalInfo === undefined) return undefined;
  const doing = `asking when to renew certificate ${id}`;
  const response = await ca.get(
    doing,
    { endpoint: 'renewalInfo', url: `${renewalInfo.replace(/\/$/, '')}/${id}` },
    signal,
  );
  const { suggestedWindow, explanationURL } = readBody(doing, response, Body);
  if (Date.parse(suggestedWindow.end) <= Date.parse(suggestedWindow.start)) {
    throw new AcmeError('CA_BROKEN', `${doing}: the window ends at ${suggestedWindow.end}, before it starts`);
  }
  return {
    window: {
      start: new Date(suggestedWindow.start).toISOString(),
      end: new Date(suggestedWindow.end).toISOString(),
    },
    explanationUrl: explanationURL,
    askAgainAt: askAgainAt(response.header('retry-after'), now),
  };
}

function askAgainAt(header: string | undefined, now: Date): Date {
  const asked = parseRetryAfter(header, now);
  const wait = asked === undefined ? DEFAULT_MS : asked.getTime() - now.getTime();
  return new Date(now.getTime() + Math.min(Math.max(wait, SHORTEST_MS), LONGEST_MS));
}
