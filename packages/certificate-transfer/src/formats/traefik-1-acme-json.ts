import type { Candidate } from '../candidate.ts';
import { base64Field, field, isObject, listField, namesOf } from './field.ts';

/**
 * acme.json of Traefik 1.6 and 1.7: `{ Account, Certificates: [{ Domain: { Main, SANs }, Certificate, Key }], HTTPChallenges,
 * TLSChallenges }` with `Certificate` and `Key` as base64 of PEM. `TLSChallenges` holds certificates that serve one challenge: not ours.
 *
 * Source: traefik/traefik v1.7, `provider/acme/{store,local_store,provider}.go` (StoredData, Certificate) and `types/domains.go` (Domain).
 * Versions before 1.6 wrote the form of {@link readTraefik1Account}.
 */
export function isTraefik1AcmeJson(document: unknown): boolean {
  if (!isObject(document)) return false;
  const { Certificates } = document;
  return Array.isArray(Certificates) || (Certificates === null && Object.hasOwn(document, 'Account'));
}

export function readTraefik1AcmeJson(document: unknown): Candidate[] {
  return listField(document, 'Certificates').map((entry, at): Candidate => {
    const domain = field(entry, 'Domain');
    return {
      source: `Certificates[${at}]`,
      chain: base64Field(entry, 'Certificate'),
      privateKey: base64Field(entry, 'Key'),
      stated: namesOf(field(domain, 'Main'), field(domain, 'SANs')),
      namesFrom: 'certificate',
    };
  });
}
