import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { systemClock } from './clock.ts';
import { AcmeError } from './errors.ts';
import type { OrderOutcome } from './order/outcome.ts';
import { renewAt } from './plan/renew-at.ts';
import type { Checkpoint } from './ports.ts';
import type { CertificateAuthority } from './protocol/certificate-authority.ts';
import { RenewalWindows } from './renewal/renewal-windows.ts';
import { later, signal, useIssuing } from './testing/issuing.ts';

const issuing = useIssuing();
const DAY_MS = 86_400_000;

test('two names get one certificate, with our key, and nothing is left over', async () => {
  const { engine, names, id, memory, ordersAtCa } = issuing();
  const outcome = await engine().run({ names, namespace: 'shop' }, signal);
  expect(outcome).toMatchObject({ kind: 'issued', certificate: { id, names: [...names].sort(), epoch: 1 } });

  const stored = (await memory.store.certificates.load(id, signal))?.record;
  const leaf = new X509Certificate(stored?.chain ?? '');
  expect(leaf.subjectAltName).toBe(
    [...names]
      .sort()
      .map((name) => `DNS:${name}`)
      .join(', '),
  );
  expect(stored?.serial).toBe(leaf.serialNumber.toLowerCase());
  expect(await memory.store.orders.list(signal)).toEqual([]);
  expect(await memory.store.challenges.list(signal)).toEqual([]);
  expect(await ordersAtCa()).toHaveLength(1);
});

test('thirty certificates at once share one account and make thirty orders', async () => {
  const { engine, memory, ordersAtCa } = issuing();
  const shared = engine();
  const sets = Array.from({ length: 30 }, (_, i) => [`c${i}.many.example.org`]);
  const outcomes = await Promise.all(sets.map((set) => shared.run({ names: set, namespace: 'shop' }, signal)));
  expect(outcomes.filter(({ kind }) => kind === 'issued')).toHaveLength(30);
  expect(await ordersAtCa()).toHaveLength(30);
  expect(await memory.store.accounts.list(signal)).toHaveLength(1);
}, 60_000);

test('a second call for names under way shares the order, and a later one finds nothing due', async () => {
  const { engine, names, memory } = issuing();
  const one = engine();
  const [first, second] = await Promise.all([
    one.run({ names, namespace: 'shop' }, signal),
    one.run({ names: [...names].reverse(), namespace: 'shop' }, signal),
  ]);
  expect(second).toBe(first);
  expect(await one.run({ names, namespace: 'shop' }, signal)).toMatchObject({ kind: 'not-due' });
  expect(memory.published()).toBe(1);
});

test('at two thirds of its life a certificate is replaced by one with another key', async () => {
  const { engine, names, id, memory } = issuing();
  const wanted = [{ names, owner: 'shop/web', namespace: 'shop' }];
  const first = await engine().run({ names, namespace: 'shop' }, signal);
  expect(await engine({ clock: later(59 * DAY_MS) }).plan(wanted, signal)).toMatchObject([{ id, kind: 'wait' }]);

  const due = engine({ clock: later(61 * DAY_MS) });
  expect(await due.plan(wanted, signal)).toMatchObject([{ id, kind: 'issue', reason: 'Due' }]);
  const second = await due.run({ names, namespace: 'shop' }, signal);
  expect(privateKey(second)).not.toBe(privateKey(first));
  expect(await memory.store.certificates.list(signal)).toHaveLength(1);
});

test('a host that does not answer fails with the reason and without its token, waits, and is tried anew', async () => {
  const { engine, names, id, memory, order, unanswered } = issuing();
  const host = names[0] ?? '';
  unanswered.add(host);
  const tokens: string[] = [];
  const readiness = {
    async ready(challenges: readonly { readonly token: string }[]) {
      tokens.push(...challenges.map(({ token }) => token));
    },
  };
  const outcome = await engine({ readiness }).run({ names, namespace: 'shop' }, signal);
  expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'CHALLENGE_FAILED' } });
  expect(JSON.stringify(outcome)).toContain(`proving ${host} by http-01`);
  expect(tokens).toHaveLength(2);
  expect(tokens.filter((token) => JSON.stringify(outcome).includes(token))).toEqual([]);
  expect(await order()).toMatchObject({ id, step: 'failed', failures: 1 });
  expect(await order()).not.toHaveProperty('privateKey');
  expect(await memory.store.challenges.list(signal)).toEqual([]);

  expect(await engine().run({ names, namespace: 'shop' }, signal)).toMatchObject({ kind: 'not-due' });
  expect(await engine({ clock: later(61_000) }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'failed',
  });
  expect(await order()).toMatchObject({ failures: 2 });
  unanswered.clear();
  expect(await engine({ clock: later(600_000) }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'issued',
  });
});

test('a name that the CA refuses fails with its reason', async () => {
  const { engine } = issuing();
  const outcome = await engine().run({ names: ['refused.example.org'], namespace: 'shop' }, signal);
  const type = 'urn:ietf:params:acme:error:rejectedIdentifier';
  expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'REFUSED', type } });
});

test('replicas that are not ready put the order off before the CA is told', async () => {
  const { engine, names, ordersAtCa } = issuing();
  const reached: Checkpoint[] = [];
  const readiness = { ready: async () => Promise.reject(new Error('replica 2 does not answer')) };
  const put = engine({ readiness, onCheckpoint: (checkpoint) => void reached.push(checkpoint) });
  expect(await put.run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'postponed',
    problem: { code: 'NOT_READY' },
  });
  expect(reached.at(-1)).toBe('challenges-published');
  expect(await engine({ clock: later(3_000) }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'issued',
  });
  expect(await ordersAtCa()).toHaveLength(1);
});

test('a lost leadership ends the run without another write', async () => {
  const { engine, names, memory, order } = issuing();
  const onCheckpoint = (reached: Checkpoint) => {
    if (reached === 'authorized') memory.loseLeadership();
  };
  expect(await engine({ onCheckpoint }).run({ names, namespace: 'shop' }, signal)).toEqual({ kind: 'lost-leadership' });
  expect(memory.published()).toBe(0);
  expect(await order()).toMatchObject({ step: 'authorizing' });
});

test('an aborted run throws the reason and leaves the order to be resumed', async () => {
  const { engine, names, ordersAtCa } = issuing();
  const stop = new AbortController();
  const onCheckpoint = (reached: Checkpoint) => {
    if (reached === 'order-saved') stop.abort(new Error('shutting down'));
  };
  await expect(engine({ onCheckpoint }).run({ names, namespace: 'shop' }, stop.signal)).rejects.toThrow(
    'shutting down',
  );
  expect(await engine().run({ names, namespace: 'shop' }, signal)).toMatchObject({ kind: 'issued' });
  expect(await ordersAtCa()).toHaveLength(1);
});

test('a run out of time is put off where it stands', async () => {
  const { engine, names, ordersAtCa } = issuing();
  const readiness = { ready: (_: unknown, limit: AbortSignal) => systemClock.sleep(600_000, limit) };
  const outcome = await engine({ readiness, orderTimeoutMs: 1_500 }).run({ names, namespace: 'shop' }, signal);
  expect(outcome).toMatchObject({ kind: 'postponed', problem: { code: 'TIMED_OUT' } });
  expect(await engine({ clock: later(3_000) }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'issued',
  });
  expect(await ordersAtCa()).toHaveLength(1);
});

function privateKey(outcome: OrderOutcome): string {
  if (outcome.kind !== 'issued') throw new Error(`not issued: ${JSON.stringify(outcome)}`);
  return outcome.certificate.privateKey;
}

test('a renewal says which certificate it replaces, and one that was replaced already is still renewed', async () => {
  const { engine, names, id, memory, connect } = issuing();
  await engine().run({ names, namespace: 'shop' }, signal);
  const first = await memory.store.certificates.load(id, signal);
  const windows = new RenewalWindows({
    cas: [connect()],
    certificates: memory.store.certificates,
    clock: systemClock,
    random: Math.random,
  });
  expect(await windows.refresh(signal)).toMatchObject({ changed: [{ id }], failed: [] });
  const known = (await memory.store.certificates.load(id, signal))?.record;
  expect(known?.window).toBeDefined();

  const clock = later(renewAt(known ?? fail('no certificate')).getTime() - Date.now() + 1_000);
  const second = await engine({ clock }).run({ names, namespace: 'shop' }, signal);
  expect(second).toMatchObject({ kind: 'issued' });

  // As after a write that was lost: the store has the first certificate again, the CA has seen it replaced.
  const index = (await memory.store.certificates.load(id, signal))?.index ?? 0;
  await memory.store.certificates.save(id, first?.record ?? fail('no certificate'), index, signal);
  expect(await engine({ clock: later(80 * DAY_MS) }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'issued',
  });
});

test.each([
  { when: 'with time left, it is put off three times before', day: 61, putOff: 3 },
  { when: 'with little time left, at once', day: 80, putOff: 0 },
])('a renewal that the CA fails over as such replaces nothing in the end: $when', async ({ day, putOff }) => {
  const { engine, names, connect } = issuing();
  await engine().run({ names, namespace: 'shop' }, signal);
  const ca = connect();
  const failing: CertificateAuthority = {
    ...ca,
    async post(doing, request, aborted) {
      if (request.payload === undefined || !('replaces' in request.payload) || request.payload.replaces === undefined)
        return ca.post(doing, request, aborted);
      throw new AcmeError('CA_BROKEN', doing, { status: 500, type: 'urn:ietf:params:acme:error:serverInternal' });
    },
  };
  const kinds: string[] = [];
  for (let time = 0; time <= putOff; time += 1) {
    const clock = later(day * DAY_MS + time * 60_000);
    const run = engine({ issuers: [{ ca: failing }], clock });
    kinds.push((await run.run({ names, namespace: 'shop' }, signal)).kind);
  }
  expect(kinds).toEqual([...Array.from({ length: putOff }, () => 'postponed'), 'issued']);
});

function fail(message: string): never {
  throw new Error(message);
}
