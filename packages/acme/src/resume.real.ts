import { describe, expect, test } from '@jest/globals';
import { AcmeError } from './errors.ts';
import { sweepChallenges } from './order/clean-up.ts';
import { checkpoints } from './ports.ts';
import type { CertificateAuthority } from './protocol/certificate-authority.ts';
import { Crash, crashAt, later, signal, useIssuing } from './testing/issuing.ts';

const issuing = useIssuing();
const MONTH_MS = 30 * 86_400_000;

describe('given a process that ended at a checkpoint, a new one brings the same order to the one certificate', () => {
  test.each(checkpoints)('%s', async (broken) => {
    const { engine, names, id, memory, order, ordersAtCa } = issuing();
    await expect(engine({ onCheckpoint: crashAt(broken) }).run({ names, namespace: 'shop' }, signal)).rejects.toThrow(
      Crash,
    );
    const before = await order();

    const outcome = await engine({ epoch: 2 }).run({ names, namespace: 'shop' }, signal);

    // What was kept and not published, its publisher finds by comparing.
    const isKept = broken === 'kept' || broken === 'published';
    expect(outcome.kind).toBe(isKept ? 'not-due' : 'issued');
    expect(memory.published()).toBe(broken === 'kept' ? 0 : 1);
    expect(await ordersAtCa()).toHaveLength(1);
    const certificate = (await memory.store.certificates.load(id, signal))?.record;
    if (!isKept) expect(before).toMatchObject({ privateKey: certificate?.privateKey });
    await sweepChallenges(memory.store, new Date(Date.now() + MONTH_MS), signal);
    expect(await memory.store.challenges.list(signal)).toEqual([]);
  });
});

describe('given a request that the CA carried out but whose answer was lost, the order goes on without another one', () => {
  test.each(['reading', 'answering', 'finalizing', 'downloading'])(
    '%s: what the order lacks is sent at once',
    async (lost) => {
      const { engine, names, connect, ordersAtCa, memory } = issuing();
      const ca = losingFirst(lost, connect());
      const outcome = await engine({ issuers: [{ ca }] }).run({ names, namespace: 'shop' }, signal);
      expect(outcome).toMatchObject({ kind: 'issued' });
      expect(await ordersAtCa()).toHaveLength(1);
      expect(memory.published()).toBe(1);
    },
  );

  test.each(['registering', 'ordering'])('%s: what the CA has is looked for later', async (lost) => {
    const { engine, names, connect, ordersAtCa, memory } = issuing();
    const ca = losingFirst(lost, connect());
    expect(await engine({ issuers: [{ ca }] }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
      kind: 'postponed',
      problem: { code: 'UNREACHABLE' },
    });
    expect(await engine({ issuers: [{ ca }] }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
      kind: 'not-due',
    });
    expect(
      await engine({ issuers: [{ ca }], clock: later(3_000) }).run({ names, namespace: 'shop' }, signal),
    ).toMatchObject({ kind: 'issued' });
    expect(await ordersAtCa()).toHaveLength(1);
    expect(memory.published()).toBe(1);
  });
});

test.each([
  { lost: 'answering', what: 'each name', sends: [5, 5] },
  { lost: 'finalizing', what: 'the order', sends: [5] },
])(
  'given answers that are lost over and over, $lost is tried five times for $what, and then the order is put off',
  async ({ lost, sends }) => {
    const { engine, names, connect, ordersAtCa } = issuing();
    const asked: string[] = [];
    const ca = connect();
    const refusing: CertificateAuthority = {
      ...ca,
      async post(doing, request, aborted) {
        if (!doing.startsWith(lost)) return ca.post(doing, request, aborted);
        asked.push(request.url);
        throw new AcmeError('UNREACHABLE', `${doing}: nobody is there`);
      },
    };
    expect(await engine({ issuers: [{ ca: refusing }] }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
      kind: 'postponed',
      problem: { code: 'UNREACHABLE' },
    });
    const times = [...Map.groupBy(asked, (url) => url).values()].map(({ length }) => length);
    expect(times).toEqual(sends);
    expect(await ordersAtCa()).toHaveLength(1);
  },
);

describe('given a CA that forgot everything', () => {
  test('the account is registered again with its key, and the next order goes through', async () => {
    const { engine, names, pebble, account, ordersAtCa } = issuing();
    await engine().run({ names, namespace: 'shop' }, signal);
    const before = await account();
    await pebble.restart();
    expect(await engine().run({ names: ['again.example.org'], namespace: 'shop' }, signal)).toMatchObject({
      kind: 'issued',
    });
    expect((await account())?.privateKey).toBe(before?.privateKey);
    expect((await account())?.url).not.toBe(before?.url);
    expect(await ordersAtCa()).toHaveLength(1);
  });

  test('an engine that has been running registers once for all its orders', async () => {
    const { engine, names, pebble, connect, ordersAtCa } = issuing();
    const doings: string[] = [];
    const ca = connect();
    const watched: CertificateAuthority = {
      ...ca,
      post: (doing, request, aborted) => (doings.push(doing), ca.post(doing, request, aborted)),
    };
    const running = engine({ issuers: [{ ca: watched }] });
    await running.run({ names, namespace: 'shop' }, signal);
    await pebble.restart();
    doings.length = 0;
    const sets = Array.from({ length: 5 }, (_, i) => [`d${i}.example.org`]);
    const outcomes = await Promise.all(sets.map((set) => running.run({ names: set, namespace: 'shop' }, signal)));
    expect(outcomes.filter(({ kind }) => kind === 'issued')).toHaveLength(5);
    expect(doings.filter((doing) => doing.startsWith('registering'))).toHaveLength(1);
    expect(await ordersAtCa()).toHaveLength(5);
  });

  test('an order under way is placed anew with the same key', async () => {
    const { engine, names, pebble, order, ordersAtCa } = issuing();
    await expect(
      engine({ onCheckpoint: crashAt('responders-ready') }).run({ names, namespace: 'shop' }, signal),
    ).rejects.toThrow(Crash);
    const before = await order();
    await pebble.restart();
    const outcome = await engine().run({ names, namespace: 'shop' }, signal);
    expect(outcome.kind).toBe('issued');
    if (outcome.kind === 'issued') expect(before).toMatchObject({ privateKey: outcome.certificate.privateKey });
    expect(await ordersAtCa()).toHaveLength(1);
  });
});

/** Carries everything out, but loses the first answer to what starts so. */
function losingFirst(start: string, ca: CertificateAuthority): CertificateAuthority {
  let hasLost = false;
  return {
    ...ca,
    async post(doing, request, aborted) {
      const response = await ca.post(doing, request, aborted);
      if (hasLost || !doing.startsWith(start)) return response;
      hasLost = true;
      throw new AcmeError('UNREACHABLE', `${doing}: the answer was lost`);
    },
  };
}
