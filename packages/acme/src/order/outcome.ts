import type { CertificateRecord, Problem } from '../records.ts';

export type OrderOutcome =
  | { readonly kind: 'issued'; readonly certificate: CertificateRecord }
  /** Nothing is due: the certificate is good, or an earlier failure is waited out. */
  | { readonly kind: 'not-due'; readonly until: Date }
  /** The attempt is over; another one begins then. */
  | { readonly kind: 'failed'; readonly problem: Problem; readonly retryAt: Date }
  /** Some names do not lead here yet. The CA was not asked; they are looked at again then. */
  | { readonly kind: 'elsewhere'; readonly problem: Problem; readonly retryAt: Date }
  /** The order goes on then, where it stands. */
  | { readonly kind: 'postponed'; readonly problem: Problem; readonly retryAt: Date }
  /** Somebody else wrote the order: look again. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'lost-leadership' };
