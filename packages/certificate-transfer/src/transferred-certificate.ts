import type { CertificateRecord } from '@gatefleet/acme';

/** A certificate with its key, checked, whatever it came from. */
export interface TransferredCertificate {
  /** Host names as packages/acme spells them: lowercase, sorted, each once. */
  readonly names: readonly string[];
  /** PEM: leaf first, then each one's issuer. */
  readonly chain: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
  /** Lowercase hexadecimal without separators, an even number of digits. */
  readonly serial: string;
  /** ISO 8601 in UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Where in the input it stood, for people. */
  readonly source: string;
  /** What only our own backup knows of it: the CA's directory URL, and when that CA suggests to renew. */
  readonly fromBackup?: Pick<CertificateRecord, 'ca' | 'window'>;
}

/** Something in the input that cannot be imported. */
export interface RefusedCertificate {
  readonly source: string;
  /** As far as they are known: from the certificate, or else from what the input says of it. */
  readonly names?: readonly string[];
  /** Completes "… is refused: ". Never contains a key. */
  readonly reason: string;
}

/** A good certificate that is not needed: another one for the same names lasts longer. */
export interface DuplicateCertificate {
  readonly source: string;
  readonly names: readonly string[];
  /** ISO 8601 in UTC. */
  readonly notAfter: string;
  /** Where the one stood that is taken instead. */
  readonly keptSource: string;
}

export interface ReadResult {
  /** At most one for each set of names, in the order of the input. */
  readonly certificates: readonly TransferredCertificate[];
  readonly refused: readonly RefusedCertificate[];
  readonly duplicates: readonly DuplicateCertificate[];
}
