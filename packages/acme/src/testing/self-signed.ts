import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { generatePrivateKey, importKeyPair } from '../keys/private-key.ts';

export interface SelfSigned {
  /** PEM; also the bundle that trusts it. */
  readonly certificate: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

export interface SelfSignedOptions {
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Hexadecimal. */
  readonly serialNumber?: string;
  /** Hexadecimal. Default: the certificate names no issuer's key. */
  readonly authorityKeyId?: string;
}

/** A certificate for 127.0.0.1 and `names`, for servers on the loopback. Valid for a day unless told otherwise. */
export async function createSelfSigned(options: SelfSignedOptions = {}): Promise<SelfSigned> {
  const { names = [], authorityKeyId, notBefore = new Date(Date.now() - 60_000), serialNumber = '0a1b2c' } = options;
  const privateKey = await generatePrivateKey();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber,
    notBefore,
    notAfter: options.notAfter ?? new Date(notBefore.getTime() + 86_400_000),
    keys: await importKeyPair(privateKey),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(true),
      ...(authorityKeyId === undefined ? [] : [new AuthorityKeyIdentifierExtension(authorityKeyId)]),
      new SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  return { certificate: certificate.toString('pem'), privateKey };
}
