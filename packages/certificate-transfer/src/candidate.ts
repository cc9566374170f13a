import type { TransferredCertificate } from './transferred-certificate.ts';

/** What a format says to be a certificate, before anything of it was checked. */
export interface Candidate {
  /** Where in the input it stood. */
  readonly source: string;
  /** Why nothing more is known of it. It refuses the candidate. */
  readonly problem?: string | undefined;
  /** PEM: leaf first. Missing: the input has none there. */
  readonly chain?: string | undefined;
  /** PEM, in any of the forms of a private key. */
  readonly privateKey?: string | undefined;
  /** Names that the input says the certificate has. Each must be in it. */
  readonly stated?: readonly string[] | undefined;
  /** Names that the input hints at. They only tell people which certificate it is where that cannot be read. */
  readonly hinted?: readonly string[] | undefined;
  /**
   * Whose names count. `certificate`: the certificate's own, all of them. `input`: those stated, although the certificate may have more;
   * so a record of ours keeps the names that were ordered, and with them its id.
   */
  readonly namesFrom: 'certificate' | 'input';
  readonly fromBackup?: TransferredCertificate['fromBackup'];
}
