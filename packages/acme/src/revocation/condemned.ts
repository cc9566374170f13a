import { X509Certificate } from 'node:crypto';
import type { CertificateRecord, CondemnedCertificate } from '../records.ts';

/** What is to be revoked once another certificate has taken the place of this one: itself, and what it took the place of and still waits. */
export function condemned(record: CertificateRecord): CondemnedCertificate[] {
  const { revokeFor, revokedAt, toRevoke = [] } = record;
  return revokeFor === undefined || revokedAt !== undefined ? toRevoke : [...toRevoke, condemn(record, revokeFor)];
}

export function condemn(
  { ca, serial, chain, privateKey, notAfter }: CertificateRecord,
  reason: CondemnedCertificate['reason'],
): CondemnedCertificate {
  return { ca, serial, der: new X509Certificate(chain).raw.toString('base64url'), privateKey, notAfter, reason };
}
