import type { CertificateReport, CertificatesReport } from '@gatefleet/certificate-report';
import { expect, test } from '@jest/globals';
import { whyHost } from './certs-why.ts';

const host = 'shop.example.com';
const at = '2026-11-25T03:00:00.000Z';
const current = { serial: '0a', notBefore: '2026-11-01T00:00:00.000Z', notAfter: at, renewAt: at };
const gateway = (serial: string) => ({
  pod: 'traefik-1',
  address: '10.0.0.1:8443',
  result: { kind: 'answered' as const, serial },
});
const certificate = (part: Partial<CertificateReport>): CertificateReport => ({
  id: 'id',
  names: [host],
  ingresses: [{ namespace: 'shop', name: 'web' }],
  state: 'waiting',
  issuer: 'https://ca.example/dir',
  gateways: [],
  ...part,
});
const report = (part: Partial<CertificatesReport>): CertificatesReport => ({
  generatedAt: at,
  certificates: [],
  refused: [],
  ...part,
});

test.each<{ given: string; report: Partial<CertificatesReport>; isServed?: boolean; says: string[] }>([
  { given: 'nobody who asks', report: {}, says: [`No Ingress of the gateways’ class has the host ${host}`] },
  {
    given: 'a refusal',
    report: {
      refused: [{ namespace: 'blog', ingress: 'web', reason: 'HostTaken', message: `No certificate for ${host}: x.` }],
    },
    says: [`Ingress blog/web: No certificate for ${host}: x.`],
  },
  {
    given: 'a CA that cannot be reached',
    report: { certificates: [certificate({})], caAwayUntil: at },
    says: [`no CA can be reached: nothing is ordered or renewed; asked again at about ${at}`, 'waiting for its turn'],
  },
  {
    given: 'an Ingress that asks for none',
    report: { passedOver: [{ namespace: 'shop', ingress: 'web', host, why: 'it is off' }] },
    says: ['Ingress shop/web has the host, but it is off.'],
  },
  {
    given: 'a limit',
    report: { certificates: [certificate({ queue: { position: 12, at, limit: 'domain/example.com' } })] },
    says: ['waiting for its turn', `waits for the limit domain/example.com: no. 12, its turn is about ${at}`],
  },
  {
    given: 'a store that was lost',
    report: { certificates: [certificate({})], hold: { reason: 'store-lost', since: at } },
    says: [`held: no first certificate is ordered since ${at}`, 'certs import BACKUP', 'waiting for its turn'],
  },
  {
    given: 'orders that an administrator holds',
    report: { certificates: [certificate({})], hold: { reason: 'asked', since: at } },
    says: ['for an administrator asked for that', 'to do: gatefleet certs resume'],
  },
  {
    given: 'a failure',
    report: { certificates: [certificate({ state: 'failed', reason: 'no answer', retryAt: at })] },
    says: ['failed: there is no certificate yet', 'last trouble: no answer', `tried again at ${at}`],
  },
  {
    given: 'a certificate that every gateway serves',
    report: { certificates: [certificate({ state: 'valid', current, gateways: [gateway('0a'), gateway('0a')] })] },
    isServed: true,
    says: ['valid: nothing is to be done', 'served by  2 of 2 gateways'],
  },
  {
    given: 'a gateway that serves an older one',
    report: { certificates: [certificate({ state: 'valid', current, gateways: [gateway('0a'), gateway('09')] })] },
    says: ['served by  1 of 2 gateways'],
  },
])('given $given', ({ report: part, isServed = false, says }) => {
  const why = whyHost(report(part), host);
  expect(why.isServed).toBe(isServed);
  for (const words of says) expect(why.lines.join('\n')).toContain(words);
});
