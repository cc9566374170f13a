import { certificateId } from '@gatefleet/acme';
import { MemoryKvStore, type KvOperation } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { ingressFor } from '../testing/fake-kubernetes.ts';
import type { HostOwner } from '../wanted/host-owner.ts';
import { planWanted } from '../wanted/plan-wanted.ts';
import { Fence } from './fence.ts';
import { HostRegister } from './host-owners.ts';
import { gatewayKeys, LEADER } from './keys.ts';

const now = new Date('2026-06-02T10:00:00.000Z');
const older = '2025-12-31T00:00:00Z';
const zones = ['example.com'];
const environment = { ingressClass: 'traefik', zones, tenancy: [], quotas: { namespaces: {} }, onDemand: undefined };
const { signal } = new AbortController();

/** Knows each key that was ever written. */
class NotingStore extends MemoryKvStore {
  readonly written = new Set<string>();
  override transact(operations: readonly KvOperation[], by?: AbortSignal) {
    for (const operation of operations) if ('key' in operation) this.written.add(operation.key);
    return super.transact(operations, by);
  }
}

async function startTerm() {
  const store = new NotingStore();
  const session = await store.createSession({ name: 'test', ttlSeconds: 10, lockDelaySeconds: 0 });
  await store.acquire(LEADER, '', session);
  const fence = new Fence({ store, session, epoch: 1, log: pino({ enabled: false }), onLost: () => undefined });
  return { store, register: new HostRegister(store, fence) };
}

const piece = fc.constantFrom(
  ...['a', 'Z', '9', '-', '--', '.', '..', '/', '../', '*', '*.', '`', ')', '||', '\\', '\0', '\n', '"', '{{', '%2e'],
  ...[
    'ſ',
    'K',
    'ß',
    '。',
    'xn--',
    'xn--bcher-kva',
    'bücher',
    '127.0.0.1',
    ':443',
    'traefik/',
    'example.com',
    '.example.com',
  ],
);
const host = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.array(piece, { maxLength: 6 }).map((pieces) => `${pieces.join('')}.example.com`),
  fc.domain().map((domain) => `${domain}.example.com`),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

test.each([false, true])(
  'given 10,000 hosts made to do harm, wildcards being provable: %p, nothing breaks and no key leaves its place',
  async (wildcards) => {
    const { store, register } = await startTerm();
    let taken = 0;
    const tried = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(host, { minLength: 50, maxLength: 50 }), async (hosts) => {
        for (const each of hosts) tried.add(each);
        const owners = await register.owners(signal);
        const plan = planWanted({ ...environment, wildcards, owners, ingresses: [ingressFor(hosts)] }, now);
        for (const { names } of plan.certificates) {
          taken += names.length;
          for (const name of names) expect(name).toMatch(/^(\*\.)?([a-z0-9-]+\.)*example\.com$/);
          for (const key of Object.values(gatewayKeys(certificateId(names)))) {
            expect(key).toMatch(/^traefik\/tls\/certificates\/[0-9a-f]{64}\/(certFile|keyFile)$/);
          }
        }
        for (const { message } of plan.notices) {
          expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
          expect(message.length).toBeLessThan(1_000);
        }
        expect(await register.write(plan.owners, signal)).toBe('written');
      }),
      { numRuns: 300 },
    );
    expect(tried.size).toBeGreaterThanOrEqual(10_000);
    expect(taken).toBeGreaterThan(100);
    expect(store.written.size).toBeGreaterThan(100);
    const elsewhere = [...store.written].filter((key) => !/^gatefleet\/hosts\/(\*\.)?[a-z0-9.-]+$/.test(key));
    expect(elsewhere.filter((key) => key !== LEADER)).toEqual([]);
  },
  60_000,
);

const owned = ['shop.example.com', 'xn--bcher-kva.example.com', '*.wild.example.com'];
const owners = new Map<string, HostOwner>(owned.map((name) => [name, { namespace: 'shop', claimedAt: older }]));

test.each([
  'shop.example.com',
  'SHOP.example.com',
  'Shop.Example.Com',
  'shop.example.com.',
  'SHOP.EXAMPLE.COM.',
  'shop。example.com',
  'ſhop.example.com',
  'shop.example.com\n',
  ' shop.example.com',
  'shop%2eexample.com',
  '*.example.com',
  '*.Example.com',
  'bücher.example.com',
  'BÜCHER.example.com',
  'bu\u0308cher.example.com',
  'XN--BCHER-KVA.example.com',
  'xn--bcher-kva.example.com.',
  'a.wild.example.com',
  'A.wild.example.com.',
  '*.wild.example.com',
  '*.WILD.example.com',
])('given %j of a namespace that has it not, nothing is wanted for it and an Event says why', (spelling) => {
  // The claim of the other is older, and the owner’s comes after it.
  const claim = ingressFor([spelling], { namespace: 'evil', createdAt: older });
  const isBelowWildcard = /^a\.wild/i.test(spelling);
  for (const wildcards of isBelowWildcard ? [true] : [false, true]) {
    const ingresses = [claim, ingressFor(owned)];
    const plan = planWanted({ ...environment, wildcards, owners, ingresses }, now);
    expect(plan.certificates.filter(({ ingress }) => ingress.namespace !== 'shop')).toEqual([]);
    expect(plan.notices.filter(({ ingress }) => ingress.namespace === 'evil')).toHaveLength(1);
    expect([...plan.owners.values()].filter((owner) => owner?.namespace === 'evil')).toEqual([]);
  }
});
