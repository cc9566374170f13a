import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject, type webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type JsonGeneralName,
} from '@peculiar/x509';

export type KeyKind = 'EC' | 'RSA';

export interface Issued {
  /** Leaf, then the intermediate that issued it: PEM. */
  readonly chain: string;
  readonly leaf: string;
  readonly privateKey: KeyObject;
  /** PKCS#8 PEM. */
  readonly pkcs8: string;
  /** The form of the key's own kind, PEM: SEC1 or PKCS#1. */
  readonly traditional: string;
}

export interface LeafOptions {
  readonly keyKind?: KeyKind;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Hexadecimal. */
  readonly serialNumber?: string;
  /** Alternative names besides the host names. */
  readonly otherNames?: readonly JsonGeneralName[];
}

export interface TestAuthority {
  /** PEM. */
  readonly root: string;
  readonly intermediate: string;
  /** The intermediate's key under another name: it signed the same, but is not whom they name as their issuer. */
  readonly renamedIntermediate: string;
  issue(names: readonly string[], options?: LeafOptions): Promise<Issued>;
}

interface Keys {
  readonly privateKey: KeyObject;
  readonly pair: webcrypto.CryptoKeyPair;
}

export const validFrom = new Date('2026-01-01T00:00:00.000Z');
export const validUntil = new Date('2026-04-01T00:00:00.000Z');
/** Between the two. */
export const now = new Date('2026-02-01T00:00:00.000Z');

const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
const whole = { notBefore: new Date('2020-01-01T00:00:00.000Z'), notAfter: new Date('2040-01-01T00:00:00.000Z') };

/** A CA of two levels, as those on the Internet are. */
export async function createTestAuthority(name = 'Test'): Promise<TestAuthority> {
  const [rootKeys, intermediateKeys] = [makeKeys('EC'), makeKeys('EC')];
  const ca = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  const [rootName, intermediateName] = [`CN=${name} Root`, `CN=${name} Intermediate`];
  const root = await X509CertificateGenerator.createSelfSigned({
    ...{ ...whole, name: rootName, serialNumber: '01', keys: rootKeys.pair, signingAlgorithm, extensions: ca },
  });
  const issueIntermediate = (subject: string) =>
    X509CertificateGenerator.create({
      ...{ ...whole, subject, issuer: rootName, serialNumber: '02', signingAlgorithm, extensions: ca },
      publicKey: intermediateKeys.pair.publicKey,
      signingKey: rootKeys.pair.privateKey,
    });
  const intermediate = await issueIntermediate(intermediateName);
  return {
    root: pem(root),
    intermediate: pem(intermediate),
    renamedIntermediate: pem(await issueIntermediate(`CN=${name} Renamed`)),
    async issue(names, options = {}) {
      const { keyKind = 'EC', notBefore = validFrom, notAfter = validUntil, serialNumber = '0a1b2c' } = options;
      const keys = makeKeys(keyKind);
      const alternative = [...names.map((value) => ({ type: 'dns' as const, value })), ...(options.otherNames ?? [])];
      const leaf = await X509CertificateGenerator.create({
        ...{ notBefore, notAfter, serialNumber, signingAlgorithm, issuer: intermediateName },
        publicKey: keys.pair.publicKey,
        signingKey: intermediateKeys.pair.privateKey,
        extensions: alternative.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternative)],
      });
      return {
        chain: pem(leaf) + pem(intermediate),
        leaf: pem(leaf),
        privateKey: keys.privateKey,
        pkcs8: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        traditional: keys.privateKey
          .export({ type: keyKind === 'EC' ? 'sec1' : 'pkcs1', format: 'pem' } as { type: 'sec1'; format: 'pem' })
          .toString(),
      };
    },
  };
}

function pem(certificate: { toString(format: 'pem'): string }): string {
  return `${certificate.toString('pem')}\n`;
}

function makeKeys(kind: KeyKind): Keys {
  const { privateKey, publicKey } =
    kind === 'EC'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm =
    kind === 'EC' ? { name: 'ECDSA', namedCurve: 'P-256' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return {
    privateKey,
    pair: {
      privateKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
      publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']),
    },
  };
}
