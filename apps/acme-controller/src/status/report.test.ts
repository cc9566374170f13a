import { certificateId, type CertificatePlan, type CertificateRecord, type OrderRecord } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { reportCertificates } from './report.ts';

const ca = 'https://ca.example/dir';
const names = ['a.example.com'];
const id = certificateId(names);
const ingress = {
  namespace: 'shop',
  name: 'web',
  uid: 'u',
  createdAt: '2026-01-01T00:00:00.000Z',
  className: 'traefik',
  annotations: {},
  hosts: names,
  tls: [],
};
const kept: CertificateRecord = {
  id,
  names,
  ca,
  epoch: 1,
  privateKey: 'secret',
  chain: 'chain',
  serial: '0a',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2026-04-01T00:00:00.000Z',
};
const attempt = { id, names, ca, epoch: 1, startedAt: kept.notBefore, failures: 0, postponed: 0 };
const prepared: OrderRecord = { ...attempt, step: 'prepared', privateKey: 'secret', csr: 'csr' };
const problem = { code: 'CHALLENGE_FAILED', message: 'the CA found no answer' };
const failed: OrderRecord = { ...attempt, step: 'failed', failures: 1, problem, retryAt: kept.notAfter };

const queued: CertificatePlan = {
  ...{ id, names, owners: ['shop/web'], namespace: 'shop' },
  ...{ kind: 'wait', reason: 'RateLimited', until: new Date(kept.notAfter), bucket: 'new-orders', position: 3 },
};

test.each<{
  given: string;
  isWanted?: boolean;
  isQueued?: boolean;
  kept?: CertificateRecord;
  order?: OrderRecord;
  then: object;
}>([
  {
    given: 'nothing but the wish',
    then: { state: 'waiting', names, ingresses: [{ namespace: 'shop', name: 'web' }], issuer: ca },
  },
  {
    given: 'a limit that holds it up',
    isQueued: true,
    then: { state: 'waiting', queue: { position: 3, at: kept.notAfter, limit: 'new-orders' } },
  },
  { given: 'an order', order: prepared, then: { state: 'issuing' } },
  {
    given: 'a certificate',
    kept,
    then: { state: 'valid', current: { serial: '0a', renewAt: '2026-03-02T00:00:00.000Z' } },
  },
  {
    given: 'a certificate and an order',
    kept,
    order: prepared,
    then: { state: 'renewing', current: { serial: '0a' } },
  },
  {
    given: 'a failed order',
    order: failed,
    then: { state: 'failed', reason: problem.message, retryAt: kept.notAfter },
  },
  {
    given: 'a certificate that nobody wants',
    isWanted: false,
    kept,
    order: failed,
    then: { state: 'retained', names, ingresses: [] },
  },
])('given $given', ({ isWanted = true, isQueued = false, kept: record, order, then }) => {
  const told = reportCertificates({
    ca,
    wanted: isWanted ? [{ names, ingress }] : [],
    certificates: record === undefined ? [] : [record],
    orders: order === undefined ? [] : [order],
    plans: isQueued ? [queued] : [],
  });
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject(then);
  expect(JSON.stringify(told)).not.toContain('secret');
});
