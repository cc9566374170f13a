import { expect, test } from '@jest/globals';
import type { CertificateReport } from '@gatefleet/certificate-report';
import { certificateTable, gatewayTable } from './fleet-tables.ts';

const certificate: CertificateReport = {
  id: 'a1',
  names: ['a.example.org', 'b.example.org'],
  ingresses: [{ namespace: 'shop', name: 'web' }],
  state: 'valid',
  issuer: 'https://ca.example.net/directory',
  current: {
    serial: '0a1b',
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2026-04-01T00:00:00.000Z',
    renewAt: '2026-03-01T00:00:00.000Z',
  },
  gateways: [
    { pod: 'traefik-1', node: 'node-1', address: '10.0.0.1:8443', result: { kind: 'answered', serial: '0a1b' } },
    { pod: 'traefik-2', node: 'node-2', address: '10.0.0.2:8443', result: { kind: 'answered', serial: 'ffff' } },
    { pod: 'traefik-3', address: '10.0.0.3:8443', result: { kind: 'failed', error: 'connection refused' } },
  ],
};

test('every certificate is a line, with how many gateways serve the current one', () => {
  expect(certificateTable({ certificates: [certificate] })).toBe(
    'HOSTS                        NAMESPACE  STATE  ISSUER          EXPIRES     RENEWS      SERIAL  SERVED BY\n' +
      'a.example.org,b.example.org  shop       valid  ca.example.net  2026-04-01  2026-03-01  0a1b    1 of 3\n',
  );
});

test('every gateway is a line, with the serial it serves or why it does not', () => {
  expect(gatewayTable(certificate)).toBe(
    'GATEWAY    NODE    SERIAL\n' +
      'traefik-1  node-1  0a1b\n' +
      'traefik-2  node-2  ffff\n' +
      'traefik-3  -       connection refused\n',
  );
});
