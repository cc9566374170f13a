import 'reflect-metadata'; // @peculiar/x509 needs it and leaves it to its users to load it first
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { importKeyPair } from './private-key.ts';

/**
 * A certificate request for these names, DER in base64url. All names are subject alternative names and the subject is empty: the
 * common name is for the CA to fill or to leave out.
 */
export async function createCsr(names: readonly string[], privateKeyPem: string): Promise<string> {
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys: await importKeyPair(privateKeyPem),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  return Buffer.from(request.rawData).toString('base64url');
}
