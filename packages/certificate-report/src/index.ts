/** What the controller tells about certificates and keys, at `/certificates` and `/keys` of its status port. Read by the command line. @packageDocumentation */
import { z } from 'zod';

const time = z.iso.datetime();
const serial = z
  .string()
  .regex(/^([0-9a-f]{2})+$/)
  .describe('Lower-case hexadecimal, an even number of digits.');

export const GatewayReport = z.object({
  pod: z.string(),
  node: z.string().optional(),
  address: z.string().describe('Where it was asked, host and port.'),
  /** What it answered to a TLS connection with the certificate's first name. */
  result: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('answered'), serial }),
    z.object({ kind: z.literal('failed'), error: z.string() }),
  ]),
});
export type GatewayReport = z.infer<typeof GatewayReport>;

export const CertificateReport = z.object({
  id: z.string(),
  names: z.array(z.string()).min(1),
  /** Who asks for these names; none when only the record is kept. */
  ingresses: z.array(z.object({ namespace: z.string(), name: z.string() })),
  /** `renewing` and `failed` still serve what `current` tells, if it is there. `retained` is kept, but neither served nor renewed. */
  state: z.enum(['waiting', 'issuing', 'valid', 'renewing', 'failed', 'retained']),
  /** Why it is in this state, where that needs words. */
  reason: z.string().optional(),
  retryAt: time.optional(),
  /** For one that a limit of the CA holds up: its place, 1 for the next, and when its turn is likely to be. */
  queue: z.object({ position: z.int().positive(), at: time, limit: z.string().optional() }).optional(),
  /** Directory URL of the CA that issued it, or is asked to. */
  issuer: z.string(),
  current: z.object({ serial, notBefore: time, notAfter: time, renewAt: time }).optional(),
  /** Every gateway Pod; empty when nothing is to be served. */
  gateways: z.array(GatewayReport),
});
export type CertificateReport = z.infer<typeof CertificateReport>;

/** A host of an Ingress that gets no certificate, and why. */
export const RefusalReport = z.object({
  namespace: z.string(),
  ingress: z.string(),
  reason: z.string().describe('In one word, as Events have it.'),
  message: z.string(),
});
export type RefusalReport = z.infer<typeof RefusalReport>;

/** A host of an Ingress for which nothing is asked of the controller. */
export const PassedOverReport = z.object({
  namespace: z.string(),
  ingress: z.string(),
  host: z.string(),
  why: z.string().describe('Completes “Ingress … has the host, but …”.'),
});
export type PassedOverReport = z.infer<typeof PassedOverReport>;

/** What a record of DNS-PERSIST-01 names: a CA, and our account there. */
export const PersistIssuer = z.object({
  issuer: z.string().describe('Directory URL of the CA.'),
  /** Any of them will do. */
  issuerDomains: z.array(z.string()).min(1),
  accountUri: z.string(),
  /** Where the CA wants a hash in its place: what it begins with, and the thumbprints of our keys, the present one first. */
  hashed: z.object({ prefix: z.string(), thumbprints: z.array(z.string()).min(1) }).optional(),
});
export type PersistIssuer = z.infer<typeof PersistIssuer>;

export const CertificatesReport = z.object({
  generatedAt: time,
  /** The controller replica that leads, if one does. */
  leader: z.string().optional(),
  /** Where no first certificate is ordered until an administrator lets orders go on: why, and since when. */
  hold: z.object({ reason: z.enum(['asked', 'store-lost']), since: time }).optional(),
  /** Where no CA can be reached: when one is asked again, to the minute. */
  caAwayUntil: time.optional(),
  certificates: z.array(CertificateReport),
  refused: z.array(RefusalReport),
  passedOver: z.array(PassedOverReport).optional(),
  /** With dns-persist-01: the CAs where there is an account already. */
  persistIssuers: z.array(PersistIssuer).optional(),
});
export type CertificatesReport = z.infer<typeof CertificatesReport>;

/** What one replica uses; none of it shows a key or a token. */
export const KeysReport = z.object({
  encryption: z.object({
    opens: z.array(z.string()).min(1).describe('Fingerprints of the keys that it has; it seals with the first.'),
    sealedWith: z
      .array(z.string())
      .describe('Of those that records in the store may be sealed with, as the leader noted.'),
  }),
  tokens: z.record(z.string(), z.string()).describe('Of the tokens that it shows to Consul, by component.'),
});
export type KeysReport = z.infer<typeof KeysReport>;
