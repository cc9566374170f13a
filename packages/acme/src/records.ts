import { z } from 'zod';

/*
 * What is kept between steps and between leaders, as plain JSON. Times are ISO 8601 in UTC. Unknown fields are dropped on reading,
 * so that an older version can read what a newer one wrote; they are lost when it saves the record. Where that is not good enough, or a field
 * changes, who stores records has to tell the two shapes apart.
 */

const time = z.iso.datetime();
const shared = {
  /** Directory URL of the CA. */
  ca: z.url(),
  /** The leadership term that wrote the record; grows with every leader. */
  epoch: z.int().nonnegative(),
};

/** Our account at one CA. The key is saved before the CA hears of it, so the URL may be missing. */
export const AccountRecord = z.object({
  ...shared,
  /** PKCS#8 PEM. */
  privateKey: z.string(),
  /** PKCS#8 PEM of the key that is to be the account's, saved before the CA is asked for the change: it knows the account by one of the two. */
  nextPrivateKey: z.string().optional(),
  url: z.url().optional(),
  /** Of keys that the account had before (RFC 7638): records of DNS-PERSIST-01 that were made with them still hold. */
  formerThumbprints: z.array(z.string()).optional(),
  contact: z.array(z.string()),
});
export type AccountRecord = z.infer<typeof AccountRecord>;

/** The last thing that went wrong, fit to be shown. */
export const Problem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  /** The CA's own name for it. */
  type: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** A challenge that we chose, of one authorization of an order. */
export const SavedChallenge = z.object({
  host: z.string(),
  url: z.url(),
  token: z.string(),
  /** For DNS-01: what the record was made of, so that it can be removed. */
  keyAuthorization: z.string().optional(),
});
export type SavedChallenge = z.infer<typeof SavedChallenge>;

const attempt = {
  ...shared,
  /** {@link certificateId} of `names`. */
  id: z.string(),
  names: z.array(z.string()).min(1),
  startedAt: time,
  /** Attempts for these names in a row that came to nothing. */
  failures: z.int().nonnegative(),
  /** How often in a row this step was put off. */
  postponed: z.int().nonnegative(),
  /** Nothing is tried before this. */
  retryAt: time.optional(),
  problem: Problem.optional(),
};
const keyed = {
  ...attempt,
  /** PKCS#8 PEM of the certificate to be. */
  privateKey: z.string(),
  /** DER in base64url, as ACME carries it. */
  csr: z.string(),
};

/**
 * An order's saved steps. `prepared`: key and CSR exist, the CA may or may not know of the order. `ordered`: the CA's order is known.
 * `authorizing`: tokens were chosen and may be in the store. `failed`: the attempt is over; only its count, reason and next time remain.
 * What follows (finalize, download) is kept by the CA under the order's URL.
 */
export const OrderRecord = z.discriminatedUnion('step', [
  z.object({ ...keyed, step: z.literal('prepared') }),
  z.object({ ...keyed, step: z.literal('ordered'), orderUrl: z.url() }),
  z.object({ ...keyed, step: z.literal('authorizing'), orderUrl: z.url(), challenges: z.array(SavedChallenge) }),
  z.object({ ...attempt, step: z.literal('failed') }),
]);
export type OrderRecord = z.infer<typeof OrderRecord>;

/** Why a certificate is revoked, with the code that a CA is told. @see RFC 5280, section 5.3.1 */
export const revocationCodes = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export type RevocationReason = keyof typeof revocationCodes;
const reason = z.enum(Object.keys(revocationCodes) as RevocationReason[]);

/** A certificate that is to be revoked. */
export const CondemnedCertificate = z.object({
  /** Directory URL of the CA that issued it. */
  ca: z.url(),
  serial: z.string(),
  /** DER in base64url, as ACME carries it. */
  der: z.string(),
  /** PKCS#8 PEM. */
  privateKey: z.string(),
  notAfter: time,
  reason,
});
export type CondemnedCertificate = z.infer<typeof CondemnedCertificate>;

/** A certificate as all gateways serve it. */
export const CertificateRecord = z.object({
  ...shared,
  /** {@link certificateId} of `names`. */
  id: z.string(),
  names: z.array(z.string()).min(1),
  /** PKCS#8 PEM. */
  privateKey: z.string(),
  /** PEM: leaf first, then its issuers as the CA sent them. */
  chain: z.string(),
  /** Lowercase hexadecimal without separators, an even number of digits. */
  serial: z.string(),
  notBefore: time,
  notAfter: time,
  /** When the CA suggests to renew it, as last asked (RFC 9773). */
  window: z.object({ start: time, end: time }).optional(),
  /** Since when nobody asks for it. */
  unwantedSince: time.optional(),
  /** It is to be revoked for this as soon as another has taken its place, or at once where nobody asks for it. */
  revokeFor: reason.optional(),
  /** Since when it is revoked, with nothing in its place. */
  revokedAt: time.optional(),
  /** To be revoked now that this one has taken their place. */
  toRevoke: z.array(CondemnedCertificate).optional(),
});
export type CertificateRecord = z.infer<typeof CertificateRecord>;

/** What any replica needs to answer one HTTP-01 challenge. */
export const ChallengeRecord = z.object({
  /** Checked: 1 to 128 characters of base64url, so it is safe in a path and in a key. */
  token: z.string(),
  host: z.string(),
  /** The whole body of the answer. */
  keyAuthorization: z.string(),
  /** Useless after this; see {@link sweepChallenges}. */
  expiresAt: time,
  epoch: z.int().nonnegative(),
});
export type ChallengeRecord = z.infer<typeof ChallengeRecord>;
