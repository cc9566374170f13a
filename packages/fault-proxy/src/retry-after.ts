import type { RetryAfter } from './fault.ts';

/** As a header says it. @param now - milliseconds since 1970. */
export function renderRetryAfter({ seconds, form }: RetryAfter, now: number): string {
  // An HTTP date has no fractions: it would be too early if they were cut off.
  return form === 'seconds' ? String(seconds) : new Date(Math.ceil(now / 1000 + seconds) * 1000).toUTCString();
}

/** The instant that a header names, in milliseconds since 1970; `undefined` when it is missing or names none. @see RFC 9110, section 10.2.3 */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return now + Number(header) * 1000;
  const instant = Date.parse(header);
  return Number.isNaN(instant) ? undefined : instant;
}
