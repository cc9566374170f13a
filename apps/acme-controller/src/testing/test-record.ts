import { certificateId, parseLeaf, type CertificateRecord } from '@gatefleet/acme';
import { createSelfSigned } from '@gatefleet/acme/testing';

/** A record with a real certificate and its key. */
export async function testRecord(
  names: readonly string[],
  life: { readonly notBefore?: Date; readonly notAfter?: Date } = {},
): Promise<CertificateRecord> {
  const serialNumber = Buffer.from(crypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^./, '1');
  const { certificate, privateKey } = await createSelfSigned({ names, serialNumber, ...life });
  const chain = `${certificate}\n`;
  const { serial, notBefore, notAfter } = parseLeaf(chain);
  const ca = 'https://ca.example/dir';
  return { id: certificateId(names), names: [...names], ca, epoch: 7, chain, privateKey, serial, notBefore, notAfter };
}
