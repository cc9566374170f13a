import { createHash } from 'node:crypto';

/** When the CA suggests to renew a certificate, both ends in ISO 8601. @see RFC 9773, section 4.2 */
export interface RenewalWindow {
  readonly start: string;
  readonly end: string;
}

/** 48 bits: what a double holds exactly, and finer than milliseconds in any window. */
const HASH_BYTES = 6;

/**
 * The random instant in the window at which this certificate is renewed. It is drawn from a hash of the certificate and the window:
 * every leader and every later reading draws the same, nothing needs to be kept, and another window draws anew.
 *
 * @param id - tells the certificate from others: its serial number.
 * @see RFC 9773, section 4.2: "Select a uniform random time within the suggested window"
 */
export function instantIn({ start, end }: RenewalWindow, id: string): Date {
  const hash = createHash('sha256').update(`${id} ${start} ${end}`).digest();
  const fraction = hash.readUIntBE(0, HASH_BYTES) / 2 ** (8 * HASH_BYTES);
  const from = Date.parse(start);
  return new Date(Math.floor(from + fraction * (Date.parse(end) - from)));
}
