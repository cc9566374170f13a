import 'reflect-metadata'; // @peculiar/x509 needs it before its own import
import { randomUUID, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A CA with a name of its own and what it signs, valid for a day, PEM. */
export interface TestCa {
  readonly certificate: string;
  issue(names: readonly string[], notAfter?: Date): Promise<{ readonly certificate: string; readonly key: string }>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

export async function createTestCa(): Promise<TestCa> {
  const keys = await newKeys();
  const notBefore = new Date(Date.now() - 3_600_000);
  const inADay = new Date(Date.now() + 86_400_000);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [randomUUID()] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore,
    notAfter: inADay,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    certificate: root.toString('pem'),
    async issue(names, notAfter = inADay) {
      const own = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        subject: 'CN=test',
        issuer: root.subjectName,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        notBefore,
        notAfter,
        extensions: [
          new SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
          ),
        ],
      });
      const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      return {
        certificate: certificate.toString('pem'),
        key: PemConverter.encode(pkcs8, PemConverter.PrivateKeyTag),
      };
    },
  };
}
