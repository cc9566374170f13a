import type { Candidate } from '../candidate.ts';
import { printable } from '../printable.ts';
import { base64Field, field, isObject, listField, namesOf } from './field.ts';

/**
 * acme.json of Traefik 2 and 3: an object by the name of the certificate resolver, each `{ Account, Certificates: [{ domain: { main, sans },
 * certificate, key, Store }] }` with `certificate` and `key` as base64 of PEM. Both lists may be null.
 *
 * Source: traefik/traefik v2.0 to v3.6, `pkg/provider/acme/{store,local_store,provider}.go` (StoredData, CertAndStore, Certificate) and
 * `pkg/types/domains.go` (Domain).
 */
export function isTraefikAcmeJson(document: unknown): boolean {
  const resolvers = isObject(document) ? Object.values(document) : [];
  return resolvers.length > 0 && resolvers.every(isResolver);
}

export function readTraefikAcmeJson(document: unknown): Candidate[] {
  return Object.entries(document as Record<string, unknown>).flatMap(([resolver, stored]) =>
    listField(stored, 'Certificates').map((entry, at): Candidate => {
      const domain = field(entry, 'domain');
      return {
        source: `${printable(resolver)}.Certificates[${at}]`,
        chain: base64Field(entry, 'certificate'),
        privateKey: base64Field(entry, 'key'),
        stated: namesOf(field(domain, 'main'), field(domain, 'sans')),
        namesFrom: 'certificate',
      };
    }),
  );
}

function isResolver(stored: unknown): boolean {
  if (!isObject(stored) || !(Object.hasOwn(stored, 'Account') || Object.hasOwn(stored, 'Certificates'))) return false;
  const { Account = null, Certificates = null } = stored;
  return (Account === null || isObject(Account)) && (Certificates === null || Array.isArray(Certificates));
}
