import { certificateId, type CertificateRecord } from '@gatefleet/acme';
import { validFrom, validUntil, type Issued } from './test-authority.ts';

/** A record as the controller keeps it. */
export function recordOf(
  { chain, pkcs8 }: Pick<Issued, 'chain' | 'pkcs8'>,
  names: readonly string[],
): CertificateRecord {
  return {
    ...{ ca: 'https://ca.example.org/directory', epoch: 7, id: certificateId(names), names: [...names] },
    ...{ chain, privateKey: pkcs8, serial: '0a1b2c' },
    notBefore: validFrom.toISOString(),
    notAfter: validUntil.toISOString(),
  };
}
