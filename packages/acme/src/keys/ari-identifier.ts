import 'reflect-metadata';
import { AuthorityKeyIdentifierExtension, X509Certificate } from '@peculiar/x509';
import { canonicalSerial } from './certificate.ts';

/**
 * How a CA is asked about the renewal of a certificate: key identifier of its issuer and serial number, each in base64url.
 * Undefined where the certificate does not name its issuer's key.
 *
 * @param chainPem - PEM, leaf first.
 * @see RFC 9773, section 4.1
 */
export function ariIdentifier(chainPem: string): string | undefined {
  const leaf = new X509Certificate(chainPem);
  const keyId = leaf.getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  if (keyId === undefined) return undefined;
  const serial = canonicalSerial(leaf.serialNumber);
  // As in DER: a serial number is positive, and so a first byte of 0x80 and above has a zero before it.
  const bytes = Buffer.from(Number.parseInt(serial.slice(0, 2), 16) >= 0x80 ? `00${serial}` : serial, 'hex');
  return `${Buffer.from(keyId, 'hex').toString('base64url')}.${bytes.toString('base64url')}`;
}
