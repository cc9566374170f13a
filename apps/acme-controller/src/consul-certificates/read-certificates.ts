import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { ConfigError } from '../config/errors.ts';
import type { KeyPair } from './authority.ts';
import type { KnownCertificates, Life } from './plan-certificates.ts';

/** @param text - as {@link authoritiesText} writes it. @throws ConfigError, without what it is about */
export function readAuthorities(text: string): readonly KeyPair[] {
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----\n?/g) ?? [];
  const pairs = Array.from({ length: Math.ceil(blocks.length / 2) }, (_, index) => ({
    key: blocks[2 * index] ?? '',
    certificate: blocks[2 * index + 1] ?? '',
  }));
  if (pairs.length === 0 || !pairs.every(isPair)) {
    throw new ConfigError('reading the CA for Consul: it is not keys, each with its certificate', {
      hint: 'put the Secret consul-ca-key back, or delete it and start over: docs/operations/store.md',
    });
  }
  return pairs;
}

/** One text, oldest first: a key, its certificate, the next key … */
export function authoritiesText(authorities: readonly KeyPair[]): string {
  return authorities.map(({ certificate, key }) => key + certificate).join('');
}

/** @param pair - of the servers; of no use where it is damaged, for other names, or signed by none of the authorities. */
export function knownCertificates(
  authorities: readonly KeyPair[],
  pair: KeyPair | undefined,
  names: readonly string[],
): KnownCertificates {
  const signers = authorities.map(({ certificate }) => new X509Certificate(certificate));
  return { authorities: signers.map(lifeOf), certificate: pair && knownCertificate(signers, pair, names) };
}

function knownCertificate(
  signers: readonly X509Certificate[],
  pair: KeyPair,
  names: readonly string[],
): KnownCertificates['certificate'] {
  if (!isPair(pair)) return undefined;
  const own = new X509Certificate(pair.certificate);
  const authority = signers.findIndex((signer) => own.checkIssued(signer) && own.verify(signer.publicKey));
  const hasNames = names.every((name) => (isIP(name) === 0 ? own.checkHost(name) : own.checkIP(name)) !== undefined);
  return authority === -1 || !hasNames ? undefined : { ...lifeOf(own), authority };
}

function isPair({ certificate, key }: KeyPair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function lifeOf({ validFromDate, validToDate }: X509Certificate): Life {
  return { notBefore: validFromDate, notAfter: validToDate };
}
