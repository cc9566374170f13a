import { createPrivateKey, X509Certificate } from 'node:crypto';
import { AcmeError } from '../errors.ts';
import { nameSet } from './certificate-id.ts';

export interface LeafCertificate {
  /** Lowercase hexadecimal without separators, an even number of digits. */
  readonly serial: string;
  /** DNS names, as {@link nameSet} has them. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** The one spelling of a serial number, from Node's or OpenSSL's: lowercase, no colons, an even number of digits. */
export function canonicalSerial(text: string): string {
  const digits = text.toLowerCase().replaceAll(':', '');
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

/** Reads the first certificate of a PEM chain. @throws AcmeError `BAD_CERTIFICATE` */
export function parseLeaf(chainPem: string): LeafCertificate {
  const leaf = readLeaf(chainPem);
  const names = (leaf.subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') ? [entry.slice(4)] : []));
  return {
    serial: canonicalSerial(leaf.serialNumber),
    names: nameSet(names),
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
  };
}

/**
 * Makes sure that a downloaded chain is the one that was ordered: its leaf has our key, covers all names, and does not end before `now`.
 * @throws AcmeError `BAD_CERTIFICATE`
 */
export function checkIssued(
  chainPem: string,
  names: readonly string[],
  privateKeyPem: string,
  now: Date,
): LeafCertificate {
  const leaf = parseLeaf(chainPem);
  const refuse = (why: string) =>
    new AcmeError('BAD_CERTIFICATE', `checking certificate ${leaf.serial} for ${names.join(', ')}: ${why}`);
  if (!readLeaf(chainPem).checkPrivateKey(createPrivateKey(privateKeyPem))) throw refuse('it belongs to another key');
  const missing = names.filter((name) => !leaf.names.includes(name));
  if (missing.length > 0) throw refuse(`it does not cover ${missing.join(', ')}`);
  if (Date.parse(leaf.notAfter) <= now.getTime()) throw refuse(`it ended at ${leaf.notAfter}`);
  return leaf;
}

function readLeaf(chainPem: string): X509Certificate {
  try {
    return new X509Certificate(chainPem);
  } catch (cause) {
    throw new AcmeError('BAD_CERTIFICATE', 'reading a certificate chain: it is not PEM with a certificate first', {
      cause,
    });
  }
}
