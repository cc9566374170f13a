import { expect, test } from '@jest/globals';
import { certificateId } from '../keys/certificate-id.ts';
import type { BucketState } from '../ledger/buckets.ts';
import type { AcmeStore, CertificatePublisher } from '../ports.ts';
import { createSelfSigned } from './self-signed.ts';
import type { AccountRecord, CertificateRecord, ChallengeRecord, OrderRecord } from '../records.ts';

/** One leader's empty store. */
export interface AcmeStoreUnderTest {
  readonly store: AcmeStore;
  readonly publisher: CertificatePublisher;
  /** From its return on, this leader's writes must be refused. */
  readonly loseLeadership: () => void | Promise<void>;
}

const { signal } = new AbortController();
const CA = 'https://ca.example.org/dir';
const names = ['a.example.org', 'b.example.org'];
const id = certificateId(names);
const secret = '-----BEGIN PRIVATE KEY-----\nnot a real one\n-----END PRIVATE KEY-----\n';
const account: AccountRecord = { ca: CA, epoch: 7, privateKey: secret, contact: ['mailto:a@example.org'] };
const order: OrderRecord = {
  step: 'authorizing',
  ca: CA,
  epoch: 7,
  id,
  names,
  startedAt: '2026-01-01T00:00:00.000Z',
  failures: 1,
  postponed: 0,
  privateKey: secret,
  csr: 'MII',
  orderUrl: 'https://ca.example.org/order/1',
  challenges: [{ host: 'a.example.org', url: 'https://ca.example.org/challenge/1', token: 'first-token-0123456789' }],
};
const real = await createSelfSigned({ names });
const certificate: CertificateRecord = {
  ca: CA,
  epoch: 7,
  id,
  names,
  privateKey: real.privateKey,
  chain: real.certificate,
  serial: '0a1b',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2026-04-01T00:00:00.000Z',
};
const challenge = (token: string): ChallengeRecord => {
  return {
    token,
    host: 'a.example.org',
    keyAuthorization: `${token}.thumbprint`,
    expiresAt: '2026-01-02T00:00:00.000Z',
    epoch: 7,
  };
};

/**
 * What every {@link AcmeStore} and its {@link CertificatePublisher} keep to.
 * @param open - a store with nothing in it, for each test anew.
 */
export function testAcmeStore(name: string, open: () => Promise<AcmeStoreUnderTest>): void {
  test(`${name}: given nothing stored, reads find nothing`, async () => {
    const { store } = await open();
    expect(await store.orders.load(id, signal)).toBeUndefined();
    expect(await store.accounts.list(signal)).toEqual([]);
    expect(await store.challenges.load('first-token-0123456789', signal)).toBeUndefined();
  });

  test(`${name}: given a saved record, it is read back whole, at the index that saving gave`, async () => {
    const { store } = await open();
    const saved = await store.orders.save(id, order, 0, signal);
    expect(saved).toEqual({ kind: 'written', index: expect.any(Number) });
    const index = saved.kind === 'written' ? saved.index : 0;
    expect(await store.orders.load(id, signal)).toEqual({ record: order, index });
    expect(await store.orders.list(signal)).toEqual([{ record: order, index }]);
    await store.accounts.save('ca.example.org-1', account, 0, signal);
    expect((await store.accounts.load('ca.example.org-1', signal))?.record).toEqual(account);
  });

  test(`${name}: given two writers from one read, the second gets a conflict and changes nothing`, async () => {
    const { store } = await open();
    await store.orders.save(id, order, 0, signal);
    expect(await store.orders.save(id, { ...order, failures: 9 }, 0, signal)).toEqual({ kind: 'conflict' });
    expect((await store.orders.load(id, signal))?.record.failures).toBe(1);
  });

  test(`${name}: given a stale index, deleting is a conflict; given the right one, it deletes; once gone, it succeeds`, async () => {
    const { store } = await open();
    const first = await store.orders.save(id, order, 0, signal);
    const firstIndex = first.kind === 'written' ? first.index : 0;
    const second = await store.orders.save(id, { ...order, failures: 2 }, firstIndex, signal);
    const secondIndex = second.kind === 'written' ? second.index : 0;
    expect(await store.orders.delete(id, firstIndex, signal)).toEqual({ kind: 'conflict' });
    expect(await store.orders.delete(id, secondIndex, signal)).toEqual({ kind: 'deleted' });
    expect(await store.orders.delete(id, secondIndex, signal)).toEqual({ kind: 'deleted' });
  });

  test(`${name}: given published challenges, each is found by its token until it is removed`, async () => {
    const { store } = await open();
    const [first, second] = [challenge('first-token-0123456789'), challenge('second-token-0123456789')];
    expect(await store.challenges.publish([first, second], signal)).toBe('written');
    expect(await store.challenges.publish([first], signal)).toBe('written');
    expect(await store.challenges.load(first.token, signal)).toEqual(first);
    expect(await store.challenges.list(signal)).toHaveLength(2);
    expect(await store.challenges.remove([first.token, 'never-there-0123456789'], signal)).toBe('deleted');
    expect(await store.challenges.list(signal)).toEqual([second]);
  });

  test(`${name}: given an order, keeping its certificate ends it at once`, async () => {
    const { store, publisher } = await open();
    const saved = await store.orders.save(id, order, 0, signal);
    const orderIndex = saved.kind === 'written' ? saved.index : 0;
    expect(await publisher.keep({ certificate, orderIndex, replacedIndex: 0 }, signal)).toBe('kept');
    expect(await publisher.publish(certificate, signal)).toBe('published');
    expect((await store.certificates.load(id, signal))?.record).toEqual(certificate);
    expect(await store.orders.load(id, signal)).toBeUndefined();
  });

  test(`${name}: given an order that has moved on, keeping a certificate is a conflict and changes nothing`, async () => {
    const { store, publisher } = await open();
    const saved = await store.orders.save(id, order, 0, signal);
    const orderIndex = saved.kind === 'written' ? saved.index : 0;
    await store.orders.save(id, { ...order, failures: 2 }, orderIndex, signal);
    expect(await publisher.keep({ certificate, orderIndex, replacedIndex: 0 }, signal)).toBe('conflict');
    expect(await store.certificates.load(id, signal)).toBeUndefined();
    expect((await store.orders.load(id, signal))?.record.failures).toBe(2);
  });

  test(`${name}: given a certificate that was noted upon meanwhile, keeping another in its place is a conflict, and the note stays`, async () => {
    const { store, publisher } = await open();
    const place = async () => {
      const saved = await store.orders.save(id, order, 0, signal);
      return saved.kind === 'written' ? saved.index : 0;
    };
    await publisher.keep({ certificate, orderIndex: await place(), replacedIndex: 0 }, signal);
    const replacedIndex = (await store.certificates.load(id, signal))?.index ?? 0;
    await store.certificates.save(id, { ...certificate, revokeFor: 'keyCompromise' }, replacedIndex, signal);
    const orderIndex = await place();
    const next = { ...certificate, serial: '0c' };
    expect(await publisher.keep({ certificate: next, orderIndex, replacedIndex }, signal)).toBe('conflict');
    const noted = await store.certificates.load(id, signal);
    expect(noted?.record).toMatchObject({ serial: certificate.serial, revokeFor: 'keyCompromise' });
    const replaced = { certificate: next, orderIndex, replacedIndex: noted?.index ?? 0 };
    expect(await publisher.keep(replaced, signal)).toBe('kept');
    expect((await store.certificates.load(id, signal))?.record).toEqual(next);
  });

  test(`${name}: given a lost leadership, every write is refused and reads go on`, async () => {
    const { store, publisher, loseLeadership } = await open();
    const saved = await store.orders.save(id, order, 0, signal);
    const orderIndex = saved.kind === 'written' ? saved.index : 0;
    await loseLeadership();
    const lost = { kind: 'lost-leadership' };
    expect(await store.orders.save(id, { ...order, failures: 2 }, orderIndex, signal)).toEqual(lost);
    expect(await store.orders.delete(id, orderIndex, signal)).toEqual(lost);
    expect(await store.challenges.publish([challenge('first-token-0123456789')], signal)).toBe('lost-leadership');
    expect(await publisher.keep({ certificate, orderIndex, replacedIndex: 0 }, signal)).toBe('lost-leadership');
    expect(await publisher.publish(certificate, signal)).toBe('lost-leadership');
    expect((await store.orders.load(id, signal))?.record).toEqual(order);
  });
  test(`${name}: given what was spent at a CA, it is read back, and nothing of another CA’s`, async () => {
    const { store, loseLeadership } = await open();
    const ledger = store.ledger(CA);
    const blocked = { tokens: 1, at: 9, blockedUntil: 9 };
    const changes = new Map<string, BucketState>([
      ['new-orders', { tokens: 299.5, at: 7 }],
      ['domain/example.org', blocked],
    ]);
    expect(await ledger.write(changes, signal)).toBe('written');
    expect(await ledger.write(new Map([['new-orders', undefined]]), signal)).toBe('written');
    expect(await store.ledger(CA).load(signal)).toEqual(new Map([['domain/example.org', blocked]]));
    expect(await store.ledger('https://other.example.org/dir').load(signal)).toEqual(new Map());
    await loseLeadership();
    expect(await ledger.write(changes, signal)).toBe('lost-leadership');
  });

  test(`${name}: given more buckets than one transaction holds, all are kept`, async () => {
    const { store } = await open();
    const many = new Map(
      Array.from({ length: 200 }, (_, index) => [`failed/h${index}.example.org`, { tokens: 1, at: index }]),
    );
    expect(await store.ledger(CA).write(many, signal)).toBe('written');
    expect(await store.ledger(CA).load(signal)).toEqual(many);
  });
}
