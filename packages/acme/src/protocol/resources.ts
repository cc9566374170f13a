import { z } from 'zod';
import { ProblemDocument } from './problem.ts';

/*
 * What a CA sends, as far as it is used here. Everything is checked on arrival: a CA is trusted to certify names, not to choose our
 * paths and URLs. @see RFC 8555, section 7.1
 */

const httpsUrl = z.url({ protocol: /^https$/ });
/** RFC 8555 wants 128 bits in base64url; the bound keeps it fit for a path and for a key. */
export const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;

export const Directory = z.object({
  newNonce: httpsUrl,
  newAccount: httpsUrl,
  newOrder: httpsUrl,
  revokeCert: httpsUrl.optional(),
  keyChange: httpsUrl.optional(),
  renewalInfo: httpsUrl.optional(),
  meta: z
    .object({
      termsOfService: z.string().optional(),
      /** Names by which the CA knows itself in DNS. @see RFC 8555, section 9.7.6 */
      caaIdentities: z.array(z.string().max(253)).max(100).optional(),
      /** Of dns-persist-01: names by which the CA knows itself, and what a hashed account begins with. @see draft-ietf-acme-dns-persist-02, section 9 */
      issuerDomainNames: z.array(z.string().max(253)).max(10).optional(),
      accountHashPrefix: z.string().max(2048).optional(),
      profiles: z.record(z.string(), z.string()).optional(),
      externalAccountRequired: z.boolean().optional(),
    })
    .optional(),
});
export type Directory = z.infer<typeof Directory>;

export const Account = z.object({ status: z.string(), orders: httpsUrl.optional() });
export type Account = z.infer<typeof Account>;

export const OrdersList = z.object({ orders: z.array(httpsUrl) });

export const Order = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  expires: z.iso.datetime({ offset: true }).optional(),
  identifiers: z.array(z.object({ type: z.string(), value: z.string() })),
  authorizations: z.array(httpsUrl),
  finalize: httpsUrl,
  certificate: httpsUrl.optional(),
  error: ProblemDocument.optional(),
});
export type Order = z.infer<typeof Order>;

export const Challenge = z.object({
  type: z.string(),
  url: httpsUrl,
  status: z.enum(['pending', 'processing', 'valid', 'invalid']),
  /** Checked where it is used: some types have none. */
  token: z.string().optional(),
  /** Of dns-persist-01: names by which the CA knows itself. Who spells it so wants the account hashed. @see draft-ietf-acme-dns-persist-02, section 3.1 */
  issuerDomainNames: z.array(z.string().max(253)).max(10).optional(),
  /** The same, of who wants the account's URL. @see draft-ietf-acme-dns-persist-01, section 3.1 */
  'issuer-domain-names': z.array(z.string().max(253)).max(10).optional(),
  /** Of dns-persist-01: our account, as the record is to name it. */
  accounturi: z.string().max(2048).optional(),
  error: ProblemDocument.optional(),
});
export type Challenge = z.infer<typeof Challenge>;

export const Authorization = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: z.object({ type: z.string(), value: z.string() }),
  expires: z.iso.datetime({ offset: true }).optional(),
  challenges: z.array(Challenge),
  /** The identifier stands for the wildcard below it. */
  wildcard: z.boolean().optional(),
});
export type Authorization = z.infer<typeof Authorization>;
