import { randomBytes } from 'node:crypto';
import type { AccountRecord, CertificatePlan, Decision } from '@gatefleet/acme';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { OrderingHold, readHold } from '../store/ordering-hold.ts';
import { FakeInbox, ingressFor } from '../testing/fake-kubernetes.ts';
import { openTestTerm } from '../testing/open-test-store.ts';
import { testRecord } from '../testing/test-record.ts';
import { STATUS_ANNOTATION } from '../wanted/choices.ts';
import { HeldOrders } from './held-orders.ts';

const { signal } = new AbortController();
const now = new Date('2026-06-01T00:00:00.000Z');
const clock = { now: () => now };
const told = ingressFor(['a.example.com'], {
  annotations: { [STATUS_ANNOTATION]: 'a.example.com: valid until 2026-08-01T00:00:00.000Z' },
});
const untold = ingressFor(['a.example.com']);
const plan = (id: string, decision: Decision): CertificatePlan => {
  return { id, names: [`${id}.example.com`], owners: ['shop/web'], namespace: 'shop', ...decision };
};
const first = plan('first', { kind: 'issue', reason: 'NoCertificate' });
const renewal = plan('renewal', { kind: 'issue', reason: 'Due' });
const underWay = plan('under-way', { kind: 'resume' });
const limited = plan('limited', {
  ...{ kind: 'wait', reason: 'RateLimited', until: now, bucket: 'domain/example.com', position: 1 },
});
const plans = [first, renewal, underWay, limited];

const key = randomBytes(32).toString('base64');
async function opened() {
  const store = new MemoryKvStore();
  const { acmeStore, fence, log } = await openTestTerm(store, key);
  const hold = new OrderingHold(store, fence, clock);
  const inbox = new FakeInbox();
  const held = new HeldOrders({ hold, inbox, acmeStore, log });
  const look = async (ingresses = [told], all: readonly CertificatePlan[] = plans) => [
    ...(await held.of({ ingresses, plans: all, now }, signal)),
  ];
  return { store, acmeStore, fence, hold, inbox, look };
}

const account: AccountRecord = { ca: 'https://ca.example/dir', epoch: 1, privateKey: 'x', contact: [] };

test.each([
  { given: 'a first installation', ingresses: [untold], then: [] },
  { given: 'a lost store that more was in than the limits let be ordered', ingresses: [untold, told], then: ['first'] },
  { given: 'a lost store that can be ordered again at once', all: [first], then: [] },
  { given: 'an account that is there', save: 'account' as const, then: [] },
  { given: 'a certificate that is there', save: 'certificate' as const, then: [] },
])('given $given, held is $then', async ({ ingresses, all, save, then }) => {
  const { acmeStore, look, store } = await opened();
  if (save === 'account') await acmeStore.accounts.save('ca', account, 0, signal);
  if (save === 'certificate') {
    const record = await testRecord(['b.example.com']);
    await acmeStore.certificates.save(record.id, record, 0, signal);
  }
  expect(await look(ingresses, all)).toEqual(then);
  expect((await readHold(store, signal)).kind).toBe(then.length > 0 ? 'held' : 'never');
});

test('what a lost store holds stays held while a backup is imported, and for the next leader, until it is ended for good', async () => {
  const { acmeStore, store, fence, hold, look, inbox } = await opened();
  expect(await look()).toEqual(['first']);
  const record = await testRecord(['b.example.com']);
  await acmeStore.certificates.save(record.id, record, 0, signal);
  expect(await look([told], [first])).toEqual(['first']);
  const log = { error: () => undefined } as never;
  const next = new HeldOrders({ hold: new OrderingHold(store, fence, clock), inbox, acmeStore, log });
  expect([...(await next.of({ ingresses: [told], plans, now }, signal))]).toEqual(['first']);
  expect(await readHold(store, signal)).toEqual({ kind: 'held', reason: 'store-lost', since: now.toISOString() });

  await hold.end(signal);
  await acmeStore.certificates.list(signal);
  expect(await look()).toEqual([]);
});

test('who lets orders of a lost store go on without a backup is not asked again', async () => {
  const { hold, look } = await opened();
  await look();
  await hold.end(signal);
  expect(await look()).toEqual([]);
});

test('what an administrator asked for before there was a leader is heeded before the first order', async () => {
  const { inbox, hold, look } = await opened();
  inbox.ask('hold', { command: 'hold' });
  expect(await look([untold], [first])).toEqual(['first']);
  await hold.begin('asked', signal);
  await inbox.answer('hold', { kind: 'done', message: '' });
  expect(await look([untold], [first])).toEqual(['first']);
  await hold.end(signal);
  expect(await look([untold], [first])).toEqual([]);
});

test('until it is known what was asked, nothing is ordered for the first time', async () => {
  const { acmeStore, hold } = await opened();
  const held = new HeldOrders({ hold, inbox: { pending: () => undefined }, acmeStore, log: {} as never });
  expect([...(await held.of({ ingresses: [untold], plans, now }, signal))]).toEqual(['first']);
});
