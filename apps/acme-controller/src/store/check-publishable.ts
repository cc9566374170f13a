import { createPrivateKey, X509Certificate } from 'node:crypto';
import { AcmeError, nameSet, parseLeaf, type CertificateRecord } from '@gatefleet/acme';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Makes sure that a gateway can serve it: every certificate of the chain is one, and the first has the key and all names.
 * @throws AcmeError `BAD_CERTIFICATE`
 */
export function checkPublishable({
  names,
  chain,
  privateKey,
}: Pick<CertificateRecord, 'names' | 'chain' | 'privateKey'>): void {
  const fault = faultOf(names, chain, privateKey);
  if (fault === undefined) return;
  throw new AcmeError('BAD_CERTIFICATE', `publishing the certificate for ${names.join(', ')}: ${fault}`, {
    hint: 'the gateways keep what they have; `gatefleet certs renew` obtains it anew',
  });
}

function faultOf(names: readonly string[], chain: string, privateKey: string): string | undefined {
  const certificates = chain.match(CERTIFICATE) ?? [];
  const rest = chain.replace(CERTIFICATE, '').trim();
  if (certificates.length === 0 || rest !== '') return 'its chain is not certificates in PEM and nothing else';
  const parsed = certificates.map((pem) => tryTo(() => new X509Certificate(pem)));
  if (parsed.includes(undefined)) return 'a certificate of its chain cannot be decoded';
  const key = tryTo(() => createPrivateKey(privateKey));
  if (key === undefined) return 'its private key cannot be decoded';
  if (parsed[0]?.checkPrivateKey(key) !== true) return 'its private key belongs to another certificate';
  const covered = new Set(parseLeaf(chain).names);
  const missing = nameSet(names).filter((name) => !covered.has(name));
  return missing.length > 0 ? `it does not cover ${missing.join(', ')}` : undefined;
}

/** What a decoder says of a key may show some of it: only that it failed is told. */
function tryTo<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
