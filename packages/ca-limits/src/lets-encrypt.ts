import type { RateLimit } from './token-bucket.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Let's Encrypt's limits in production, each a bucket that fills up evenly over its window.
 *
 * @see https://letsencrypt.org/docs/rate-limits/ (read August 2026)
 */
export const letsEncryptLimits = {
  /** By IP address; by /48 for IPv6. */
  newAccounts: { capacity: 10, windowMs: 3 * HOUR_MS },
  /** By account. */
  newOrders: { capacity: 300, windowMs: 3 * HOUR_MS },
  /** By registered domain, all accounts together. */
  certificatesPerDomain: { capacity: 50, windowMs: 7 * DAY_MS },
  /** By exact set of names, all accounts together. Never raised. */
  certificatesPerNameSet: { capacity: 5, windowMs: 7 * DAY_MS },
  /** By name and account. */
  failedAuthorizations: { capacity: 5, windowMs: HOUR_MS },
} as const satisfies Readonly<Record<string, RateLimit>>;

/** @see https://letsencrypt.org/docs/staging-environment/#rate-limits */
export const letsEncryptStagingLimits = {
  newAccounts: { capacity: 50, windowMs: 3 * HOUR_MS },
  newOrders: { capacity: 1_500, windowMs: 3 * HOUR_MS },
  certificatesPerDomain: { capacity: 30_000, windowMs: 7 * DAY_MS },
  certificatesPerNameSet: { capacity: 30_000, windowMs: 7 * DAY_MS },
  failedAuthorizations: { capacity: 200, windowMs: HOUR_MS },
} as const satisfies Record<keyof typeof letsEncryptLimits, RateLimit>;

/** @see https://letsencrypt.org/docs/acme-protocol-updates/ */
export const letsEncryptDirectory = 'https://acme-v02.api.letsencrypt.org/directory';
/** @see https://letsencrypt.org/docs/staging-environment/ */
export const letsEncryptStagingDirectory = 'https://acme-staging-v02.api.letsencrypt.org/directory';
