import { describe, expect, test } from '@jest/globals';
import { AcmeError } from './errors.ts';
import { caId } from './keys/certificate-id.ts';
import type { AcmeStore } from './ports.ts';
import { importAccountKey } from './protocol/account-key.ts';
import type { CertificateAuthority } from './protocol/certificate-authority.ts';
import type { AccountRecord } from './records.ts';
import { Crash, crashAt, signal, useIssuing, type Issuing } from './testing/issuing.ts';

const issuing = useIssuing();
const wish = (name: string) => ({ names: [name], namespace: 'shop' });

/** The process ends at the n-th write of the account, before or after it took effect. */
function dyingStore({ memory }: Issuing, nth: number, when: 'before' | 'after'): AcmeStore {
  let writes = 0;
  const { accounts } = memory.store;
  return {
    ...memory.store,
    accounts: {
      ...accounts,
      async save(id, record, ifIndex, aborted) {
        writes += 1;
        if (writes === nth && when === 'before') throw new Crash('before saving');
        const result = await accounts.save(id, record, ifIndex, aborted);
        if (writes === nth) throw new Crash('after saving');
        return result;
      },
    },
  };
}

/** The process ends when it asks for the change, before or after the CA carried it out. */
function dyingCa(ca: CertificateAuthority, when: 'before' | 'after'): CertificateAuthority {
  return {
    ...ca,
    async post(doing, request, aborted) {
      const isChange = doing.startsWith('changing the key');
      if (isChange && when === 'before') throw new Crash('before asking');
      const response = await ca.post(doing, request, aborted);
      if (isChange) throw new Crash('after asking');
      return response;
    },
  };
}

async function expectUsable({ engine, account }: Issuing, before: AccountRecord | undefined, isRolled: boolean) {
  expect(await engine().run(wish('after.example.org'), signal)).toMatchObject({ kind: 'issued' });
  const after = await account();
  expect(after?.url).toBe(before?.url);
  expect(after).not.toHaveProperty('nextPrivateKey');
  expect(after?.privateKey !== before?.privateKey).toBe(isRolled);
}

test('the account has another key, the same URL, and the CA takes the new key only', async () => {
  const it = issuing();
  const running = it.engine();
  await running.run(wish('first.example.org'), signal);
  const before = await it.account();
  expect(await running.rollAccountKeys(signal)).toEqual({ rolled: [it.pebble.directoryUrl], failed: [] });
  expect(await running.run(wish('second.example.org'), signal)).toMatchObject({ kind: 'issued' });
  const { thumbprint } = await importAccountKey(before?.privateKey ?? '');
  expect((await it.account())?.formerThumbprints).toEqual([thumbprint]);
  await expectUsable(it, before, true);
  const stale = { ...(before ?? fail('no account')) };
  const [stored] = await it.memory.store.accounts.list(signal);
  await it.memory.store.accounts.save(caId(it.pebble.directoryUrl), stale, stored?.index ?? 0, signal);
  expect(await it.engine().run(wish('third.example.org'), signal)).not.toMatchObject({ kind: 'issued' });
});

test('without an account there is nothing to do', async () => {
  const { engine, account } = issuing();
  expect(await engine().rollAccountKeys(signal)).toEqual({ rolled: [], failed: [] });
  expect(await account()).toBeUndefined();
});

describe('given a process that ended in the middle, the next one brings it to its end', () => {
  test.each<{ given: string; store?: [number, 'before' | 'after']; ca?: 'before' | 'after'; isRolled: boolean }>([
    { given: 'before the new key was saved', store: [1, 'before'], isRolled: false },
    { given: 'after the new key was saved', store: [1, 'after'], isRolled: true },
    { given: 'before the CA was asked', ca: 'before', isRolled: true },
    { given: 'after the CA carried it out', ca: 'after', isRolled: true },
    { given: 'before that was saved', store: [2, 'before'], isRolled: true },
    { given: 'after that was saved', store: [2, 'after'], isRolled: true },
  ])('$given', async ({ isRolled, ...end }) => {
    const it = issuing();
    await it.engine().run(wish('first.example.org'), signal);
    const before = await it.account();
    const store = end.store === undefined ? it.memory.store : dyingStore(it, ...end.store);
    const ca = end.ca === undefined ? it.connect() : dyingCa(it.connect(), end.ca);
    await expect(it.engine({ store, issuers: [{ ca }] }).rollAccountKeys(signal)).rejects.toThrow(Crash);
    await expectUsable(it, before, isRolled);
  });
});

test('an answer that was lost is told, and the next order finds out what became of it', async () => {
  const it = issuing();
  await it.engine().run(wish('first.example.org'), signal);
  const before = await it.account();
  const ca = it.connect();
  const losing: CertificateAuthority = {
    ...ca,
    async post(doing, request, aborted) {
      const response = await ca.post(doing, request, aborted);
      if (doing.startsWith('changing the key')) throw new AcmeError('UNREACHABLE', `${doing}: the answer was lost`);
      return response;
    },
  };
  const running = it.engine({ issuers: [{ ca: losing }] });
  expect(await running.rollAccountKeys(signal)).toMatchObject({ rolled: [], failed: [{ code: 'UNREACHABLE' }] });
  expect(await running.run(wish('second.example.org'), signal)).toMatchObject({ kind: 'issued' });
  await expectUsable(it, before, true);
});

test('a CA that offers no change of keys is told of, and orders go on', async () => {
  const it = issuing();
  await it.engine().run(wish('first.example.org'), signal);
  const before = await it.account();
  const ca = it.connect();
  const without: CertificateAuthority = {
    ...ca,
    async directory(aborted) {
      const { keyChange: _, ...rest } = await ca.directory(aborted);
      return rest;
    },
  };
  const running = it.engine({ issuers: [{ ca: without }] });
  expect(await running.rollAccountKeys(signal)).toMatchObject({ rolled: [], failed: [{ code: 'REFUSED' }] });
  await expectUsable(it, before, false);
});

test('an order under way is finished first, and one that was broken off goes on with the new key', async () => {
  const it = issuing();
  const { engine, ordersAtCa, account } = it;
  await expect(
    engine({ onCheckpoint: crashAt('challenges-published') }).run(wish('broken.example.org'), signal),
  ).rejects.toThrow(Crash);
  const before = await account();
  const { promise: isReady, resolve: letGo } = Promise.withResolvers<void>();
  const running = engine({ readiness: { ready: () => isReady } });
  const underWay = running.run(wish('slow.example.org'), signal);
  const rolled = running.rollAccountKeys(signal);
  const after = running.run(wish('broken.example.org'), signal);
  expect((await account())?.privateKey).toBe(before?.privateKey);
  letGo();
  expect(await underWay).toMatchObject({ kind: 'issued' });
  expect(await rolled).toMatchObject({ failed: [] });
  expect(await after).toMatchObject({ kind: 'issued' });
  expect(await ordersAtCa()).toHaveLength(2);
});

function fail(message: string): never {
  throw new Error(message);
}
