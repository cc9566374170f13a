import { gunzipSync } from 'node:zlib';
import type { Candidate } from '../candidate.ts';
import { base64Field, field, isObject, listField, namesOf } from './field.ts';

/*
 * The account of Traefik 1 in cluster mode, as it stands in the key-value store under `<acme.storage>/object`; `acme.storage` is
 * `traefik/acme/account` in Traefik's guide. The value is gzip of JSON:
 *
 *   { Email, Registration, PrivateKey, KeyType, DomainsCertificate: { Certs: [{ Domains: { Main, SANs },
 *     Certificate: { Domain, CertURL, CertStableURL, PrivateKey, Certificate } }] }, ChallengeCerts, HTTPChallenge, TLSChallenge }
 *
 * with the two last fields of a certificate as base64 of PEM. `PrivateKey` at the top is the account's key; `ChallengeCerts` serve one
 * challenge each: neither is read. What reads the store there takes base64 where the value is not gzip, so it is taken here. Versions
 * before 1.6 wrote the same JSON, bare, to acme.json.
 *
 * Source: traefik/traefik v1.7, `acme/account.go` (Account, DomainsCertificate, Certificate), `cluster/datastore.go` (Metadata: its field
 * `Object` holds the JSON, `Lock` stands beside it), `acme/acme.go` (CreateClusterConfig: `acme.storage` is the prefix), `acme/localStore.go`
 * (acme.json before 1.6), `types/domains.go` and `docs/user-guide/kv-config.md`; containous/staert as it is vendored there, `kv.go` (a
 * field's key is its name in lowercase; `writeCompressedData`: bytes become gzip; `readCompressedData`: gzip, or else base64).
 */

/** Far more than a store takes as one value (Consul: 512 KiB); a file that unpacks to more is no account. */
const MAX_UNPACKED = 64 * 1024 * 1024;

export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The unpacked bytes; undefined when they are cut off, damaged, or more than 64 MiB. */
export function unpack(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(withoutFinalNewline(bytes), { maxOutputLength: MAX_UNPACKED });
  } catch {
    return undefined;
  }
}

export function isTraefik1Account(document: unknown): boolean {
  return isObject(document) && isObject(document.DomainsCertificate);
}

export function readTraefik1Account(document: unknown): Candidate[] {
  return listField(field(document, 'DomainsCertificate'), 'Certs').map((entry, at): Candidate => {
    const certificate = field(entry, 'Certificate');
    const domains = field(entry, 'Domains');
    return {
      source: `DomainsCertificate.Certs[${at}]`,
      chain: base64Field(certificate, 'Certificate'),
      privateKey: base64Field(certificate, 'PrivateKey'),
      stated: namesOf(field(domains, 'Main'), field(domains, 'SANs')),
      namesFrom: 'certificate',
    };
  });
}

/** `consul kv get` prints one after the value. Gzip's last byte is the highest of the unpacked length: it is 10 only from 160 MiB on. */
function withoutFinalNewline(bytes: Buffer): Buffer {
  return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
}
