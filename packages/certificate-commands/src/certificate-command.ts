import { z } from 'zod';

const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9*.-]+$/)
  .describe('Lower case, in its ASCII form.');

export const CertificateCommand = z.discriminatedUnion('command', [
  /** Obtains the certificate for this host anew, at once; or tries again at once where it failed. */
  z.strictObject({ command: z.literal('renew'), host }),
  /** Gives a host to another namespace. */
  z.strictObject({
    command: z.literal('transfer'),
    host,
    namespace: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  }),
  /** Takes from the gateways what is held back there because too much would go at once. */
  z.strictObject({ command: z.literal('unpublish') }),
]);
export type CertificateCommand = z.infer<typeof CertificateCommand>;
