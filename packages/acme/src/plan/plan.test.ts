import { describe, expect, test } from '@jest/globals';
import { certificateId } from '../keys/certificate-id.ts';
import type { CertificateRecord, OrderRecord } from '../records.ts';
import { planCertificate, planCertificates, type Decision } from './plan.ts';

const CA = 'https://ca.example.org/dir';
const OTHER = 'https://staging.example.org/dir';
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));

function certificate(name = 'a.example.org', from = 0, ca = CA): CertificateRecord {
  const validity = { notBefore: day(from).toISOString(), notAfter: day(from + 90).toISOString() };
  return {
    ca,
    epoch: 1,
    id: certificateId([name]),
    names: [name],
    privateKey: '',
    chain: '',
    serial: '01',
    ...validity,
  };
}

function order(step: 'prepared' | 'failed', more: { retryAt?: string; ca?: string; name?: string } = {}): OrderRecord {
  const { name = 'a.example.org', ca = CA, retryAt } = more;
  const attempt = {
    ca,
    epoch: 1,
    id: certificateId([name]),
    names: [name],
    startedAt: day(0).toISOString(),
    failures: 0,
    postponed: 0,
  };
  const shared = { ...attempt, ...(retryAt === undefined ? {} : { retryAt }) };
  return step === 'failed' ? { ...shared, step } : { ...shared, step, privateKey: '', csr: '' };
}

describe('one set of names', () => {
  test.each<{
    given: string;
    certificate?: CertificateRecord;
    order?: OrderRecord;
    issuers?: string[];
    away?: string[];
    at: number;
    then: Decision;
  }>([
    { given: 'nothing', at: 0, then: { kind: 'issue', reason: 'NoCertificate' } },
    {
      given: 'a certificate a day before two thirds of its life',
      certificate: certificate(),
      at: 59,
      then: { kind: 'wait', reason: 'Valid', until: day(60) },
    },
    {
      given: 'a certificate at two thirds of its life',
      certificate: certificate(),
      at: 60,
      then: { kind: 'issue', reason: 'Due' },
    },
    {
      given: 'a certificate that has ended',
      certificate: certificate(),
      at: 200,
      then: { kind: 'issue', reason: 'Due' },
    },
    {
      given: 'a certificate of another CA',
      certificate: certificate('a.example.org', 0, OTHER),
      at: 1,
      then: { kind: 'issue', reason: 'OtherCa' },
    },
    { given: 'an order under way', order: order('prepared'), at: 0, then: { kind: 'resume' } },
    {
      given: 'an order under way for a certificate that is due',
      certificate: certificate(),
      order: order('prepared'),
      at: 61,
      then: { kind: 'resume' },
    },
    {
      given: 'an order that was put off until tomorrow',
      order: order('prepared', { retryAt: day(1).toISOString() }),
      at: 0,
      then: { kind: 'wait', reason: 'BackingOff', until: day(1) },
    },
    {
      given: 'an order that was put off until now',
      order: order('prepared', { retryAt: day(1).toISOString() }),
      at: 1,
      then: { kind: 'resume' },
    },
    {
      given: 'an attempt that failed and waits',
      order: order('failed', { retryAt: day(1).toISOString() }),
      at: 0,
      then: { kind: 'wait', reason: 'BackingOff', until: day(1) },
    },
    {
      given: 'an attempt that failed and has waited',
      order: order('failed', { retryAt: day(1).toISOString() }),
      at: 1,
      then: { kind: 'issue', reason: 'NoCertificate' },
    },
    {
      given: 'a failed renewal of a certificate that is due',
      certificate: certificate(),
      order: order('failed', { retryAt: day(70).toISOString() }),
      at: 65,
      then: { kind: 'wait', reason: 'BackingOff', until: day(70) },
    },
    {
      given: 'a good certificate, whatever failed before',
      certificate: certificate(),
      order: order('failed', { retryAt: day(1).toISOString() }),
      at: 0,
      then: { kind: 'wait', reason: 'Valid', until: day(60) },
    },
    {
      given: 'an order at another CA, even one that waits',
      order: order('prepared', { ca: OTHER, retryAt: day(9).toISOString() }),
      at: 0,
      then: { kind: 'issue', reason: 'NoCertificate' },
    },
    {
      given: 'an order under way at a CA that is away, with no other',
      order: order('prepared', { retryAt: day(1).toISOString() }),
      away: [CA],
      at: 0,
      then: { kind: 'wait', reason: 'BackingOff', until: day(1) },
    },
    {
      given: 'an order under way at a CA that is away, with another in use',
      order: order('prepared', { retryAt: day(1).toISOString() }),
      issuers: [CA, OTHER],
      away: [CA],
      at: 0,
      then: { kind: 'issue', reason: 'NoCertificate' },
    },
    {
      given: 'a failure of the names themselves, with another CA in use',
      order: order('failed', { retryAt: day(1).toISOString() }),
      issuers: [CA, OTHER],
      away: [CA],
      at: 0,
      then: { kind: 'wait', reason: 'BackingOff', until: day(1) },
    },
    {
      given: 'a certificate of the second CA in use',
      certificate: certificate('a.example.org', 0, OTHER),
      issuers: [CA, OTHER],
      at: 1,
      then: { kind: 'wait', reason: 'Valid', until: day(60) },
    },
  ])('given $given, then $then.kind', ({ certificate, order, issuers = [CA], away = [], at, then }) => {
    expect(planCertificate({ issuers, unavailable: new Set(away), certificate, order }, day(at))).toEqual(then);
  });
});

describe('all of them', () => {
  const plan = (
    wanted: { names: string[]; owner: string }[],
    certificates: CertificateRecord[],
    orders: OrderRecord[],
  ) =>
    planCertificates(
      {
        issuers: [CA],
        wanted: wanted.map((each) => ({ ...each, namespace: each.owner.split('/')[0] ?? '' })),
        certificates,
        orders,
      },
      day(100),
    );

  test('given two owners of the same names in any spelling, they share one certificate', () => {
    const wanted = [
      { names: ['B.example.org', 'a.example.org'], owner: 'shop/web' },
      { names: ['a.example.org', 'b.example.org'], owner: 'blog/web' },
    ];
    expect(plan(wanted, [], [])).toEqual([
      {
        id: certificateId(['a.example.org', 'b.example.org']),
        names: ['a.example.org', 'b.example.org'],
        owners: ['shop/web', 'blog/web'],
        namespace: 'shop',
        kind: 'issue',
        reason: 'NoCertificate',
      },
    ]);
  });

  test('given one of each, the most urgent comes first', () => {
    const hosts = ['good', 'due-later', 'missing', 'due-first', 'under-way'].map((label) => `${label}.example.org`);
    const wanted = hosts.map((name) => ({ names: [name], owner: 'shop/web' }));
    const certificates = [
      certificate('good.example.org', 90),
      certificate('due-later.example.org', 30),
      certificate('due-first.example.org', 20),
    ];
    const plans = plan(wanted, certificates, [order('prepared', { name: 'under-way.example.org' })]);
    expect(plans.map(({ names }) => names[0])).toEqual([
      'under-way.example.org',
      'missing.example.org',
      'due-first.example.org',
      'due-later.example.org',
      'good.example.org',
    ]);
  });

  test('given what nobody wants any more, nothing is planned for it', () => {
    expect(plan([], [certificate()], [order('prepared')])).toEqual([]);
  });
});
