import { X509Certificate } from 'node:crypto';

export type ReadChain =
  | { readonly kind: 'chain'; readonly leaf: X509Certificate; readonly pem: string }
  /** `reason` completes "… is refused: ". */
  | { readonly kind: 'unreadable'; readonly reason: string };

const BLOCKS = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g;

/**
 * Reads a PEM chain and makes sure that it is one: each certificate is issued by the next, by name and by signature. So a server sends it
 * as clients expect it (RFC 8446, section 4.4.2). Whether anybody trusts the last one is not asked.
 */
export function readChain(text: string): ReadChain {
  const blocks = text.match(BLOCKS) ?? [];
  if (blocks.length === 0) return { kind: 'unreadable', reason: 'its certificate is not PEM, or is cut off' };
  if (blocks.length !== text.split('-----BEGIN CERTIFICATE-----').length - 1) {
    return { kind: 'unreadable', reason: 'a certificate of its chain is cut off or damaged' };
  }
  const certificates: X509Certificate[] = [];
  for (const block of blocks) {
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      return { kind: 'unreadable', reason: `certificate ${certificates.length + 1} of its chain cannot be decoded` };
    }
  }
  const broken = certificates.findIndex((certificate, at) => at > 0 && !isIssuedBy(certificates[at - 1], certificate));
  if (broken > 0) {
    return {
      kind: 'unreadable',
      reason: `its chain is not in order: certificate ${broken} of it is not issued by certificate ${broken + 1}`,
    };
  }
  return {
    kind: 'chain',
    leaf: certificates[0] as X509Certificate,
    pem: certificates.map((certificate) => certificate.toString()).join(''),
  };
}

function isIssuedBy(certificate: X509Certificate | undefined, issuer: X509Certificate): boolean {
  try {
    return certificate !== undefined && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A key of a kind that this OpenSSL does not know has signed nothing that it could check.
    return false;
  }
}
