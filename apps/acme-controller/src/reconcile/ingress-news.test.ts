import { certificateId, type CertificatePlan, type CertificateRecord } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { FakeNotices, ingressFor } from '../testing/fake-kubernetes.ts';
import { IngressNews } from './ingress-news.ts';

const now = new Date('2026-06-02T10:00:00.000Z');
const names = ['a.example.com'];
const id = certificateId(names);
const ingress = ingressFor(names);
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
const common = { id, names, owners: ['shop/web'], namespace: 'shop' };
const queued = (seconds: number, position = 3): CertificatePlan => ({
  ...common,
  kind: 'wait',
  reason: 'RateLimited',
  until: later(seconds),
  bucket: 'domain/example.com',
  position,
});
const valid: CertificatePlan = { ...common, kind: 'wait', reason: 'Valid', until: later(86_400) };
const due: CertificatePlan = { ...common, kind: 'issue', reason: 'NoCertificate' };
const backingOff: CertificatePlan = { ...common, kind: 'wait', reason: 'BackingOff', until: later(60) };
const certificate: CertificateRecord = {
  ca: 'https://ca.example.com/dir',
  epoch: 1,
  id,
  names,
  privateKey: '',
  chain: '',
  serial: '0a',
  notBefore: '2026-06-02T09:00:00.000Z',
  notAfter: '2026-08-31T09:00:00.000Z',
};

function start() {
  const notices = new FakeNotices();
  const news = new IngressNews(notices);
  const look = (plans: readonly CertificatePlan[], has = false) =>
    news.looked({
      ingresses: [ingress],
      wanted: plans.length === 0 ? [] : [{ names, ingress }],
      plans,
      kept: new Map(has ? [[id, certificate]] : []),
      now,
    });
  const told = () => [notices.posted.map(({ reason }) => reason), notices.shown.get('shop/web') ?? []];
  return { news, look, notices, told };
}

const isThere = 'a.example.com: valid until 2026-08-31T09:00:00.000Z';

test('a certificate costs two requests: an Event and the annotation', () => {
  const { news, look, told } = start();
  look([due]);
  news.ended(id, names, { kind: 'issued', certificate });
  look([valid], true);
  look([valid], true);
  expect(told()).toEqual([['CertificateIssued'], [isThere]]);
});

test('what Ingresses share is told in one Event, and in the annotation of each; trouble to all', () => {
  const notices = new FakeNotices();
  const news = new IngressNews(notices);
  const both = [ingress, ingressFor(names, { name: 'other' })];
  const wanted = both.map((each) => ({ names, ingress: each }));
  news.looked({ ingresses: both, wanted, plans: [valid], kept: new Map([[id, certificate]]), now });
  news.ended(id, names, { kind: 'issued', certificate });
  expect(notices.posted.map(({ ingress: { name } }) => name)).toEqual(['web']);
  expect([...notices.shown]).toEqual([
    ['shop/web', [isThere]],
    ['shop/other', [isThere]],
  ]);
  news.ended(id, names, { kind: 'failed', problem: { code: 'X', message: 'no' }, retryAt: now });
  expect(notices.posted.map(({ ingress: { name } }) => name)).toEqual(['web', 'web', 'other']);
});

test('one that waits for its turn has its Event then, with its place and when it is expected', () => {
  const { news, look, told, notices } = start();
  look([queued(7_200)]);
  look([queued(3_600, 2)]);
  look([due]);
  news.ended(id, names, { kind: 'issued', certificate });
  look([valid], true);
  expect(told()).toEqual([['OrderQueued'], [isThere]]);
  expect(notices.posted[0]?.message).toBe(
    'The certificate for a.example.com waits for its turn, as the CA’s limit domain/example.com is used up: number 3 of all that wait, expected at about 2026-06-02T12:00Z.',
  );
});

test.each<{ given: string; plans: CertificatePlan[]; has?: boolean; shown: (string | undefined)[] }>([
  { given: 'a wait of seconds', plans: [queued(5)], shown: [] },
  { given: 'one under way', plans: [due], has: true, shown: [] },
  { given: 'a failure', plans: [backingOff], shown: ['a.example.com: failed, see its Events'] },
  { given: 'a renewal that failed', plans: [backingOff], has: true, shown: [`${isThere}, renewal failed`] },
  { given: 'nothing to be issued', plans: [], shown: [undefined] },
])('given $given, no Event is posted, and the annotation is as it should be', ({ plans, has = false, shown }) => {
  const { look, told } = start();
  look(plans, has);
  expect(told()).toEqual([[], shown]);
});
