import 'reflect-metadata';
import { Pkcs10CertificateRequest } from '@peculiar/x509';

/** The key that a certificate is asked for: SubjectPublicKeyInfo, DER in base64url. `undefined` when it is no such request. */
export function csrPublicKey(csr: unknown): string | undefined {
  if (typeof csr !== 'string') return undefined;
  try {
    const request = new Pkcs10CertificateRequest(Buffer.from(csr, 'base64url'));
    return Buffer.from(request.publicKey.rawData).toString('base64url');
  } catch {
    return undefined;
  }
}
