import { z } from 'zod';

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9*.-]+$/)
  .describe('Lower case, in its ASCII form.');

/** Why a certificate is revoked: the reasons of RFC 5280, section 5.3.1, that public CAs take from those who hold it. */
export const RevocationReason = z.enum([
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
]);
export type RevocationReason = z.infer<typeof RevocationReason>;

export const CertificateCommand = z.discriminatedUnion('command', [
  /** Obtains the certificate for this host anew, at once; or tries again at once where it failed. */
  z.strictObject({ command: z.literal('renew'), host }),
  /** Obtains another certificate for this host's names, and has the one that it replaces revoked once all gateways have the other. */
  z.strictObject({ command: z.literal('revoke'), host, reason: RevocationReason.default('unspecified') }),
  /** Gives a host to another namespace. */
  z.strictObject({
    command: z.literal('transfer'),
    host,
    namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  }),
  /** Takes from the gateways what is held back there because too much would go at once. */
  z.strictObject({ command: z.literal('unpublish') }),
  /** Gives our account at each CA another key. */
  z.strictObject({ command: z.literal('roll-account-key') }),
  /** Orders no first certificate until it is told to go on. */
  z.strictObject({ command: z.literal('hold') }),
  /** Orders first certificates again. */
  z.strictObject({ command: z.literal('resume') }),
  /** Gives the gateways what they had when all was well. */
  z.strictObject({ command: z.literal('restore-published') }),
  /** Keeps what is in the transfer Secret, where it lasts longer than what is there. */
  z.strictObject({ command: z.literal('import') }),
  /** Puts the next certificates, in the order of their ids, into the transfer Secret. */
  z.strictObject({ command: z.literal('export'), after: z.string().optional() }),
]);
export type CertificateCommand = z.infer<typeof CertificateCommand>;
