import { expect, test } from '@jest/globals';
import type { KvEntry, KvStore } from './kv-store.ts';

/** What every {@link KvStore} does. @param open - gives an empty store, or one in which `prefix` is empty. */
export function testKvStore(name: string, open: () => Promise<{ store: KvStore; prefix: string }>): void {
  const session = { name: 'contract', ttlSeconds: 10, lockDelaySeconds: 0 };

  test(`${name}: given two writers from one read, the second gets a conflict`, async () => {
    const { store, prefix } = await open();
    expect(await store.put(`${prefix}a`, 'first', 0)).toEqual({ kind: 'written' });
    expect(await store.put(`${prefix}a`, 'second', 0)).toEqual({ kind: 'conflict' });
    expect((await store.get(`${prefix}a`))?.value).toBe('first');
  });

  test(`${name}: given an absent key, get is undefined, and a write at an index is a conflict`, async () => {
    const { store, prefix } = await open();
    expect(await store.get(`${prefix}none`)).toBeUndefined();
    expect(await store.put(`${prefix}none`, 'x', 7)).toEqual({ kind: 'conflict' });
    expect(await store.delete(`${prefix}none`, 7)).toEqual({ kind: 'written' });
  });

  test(`${name}: given odd characters and an empty value, both come back as written`, async () => {
    const { store, prefix } = await open();
    const key = `${prefix}tls/ä%2F?x=#&+;"`;
    await store.put(key, 'ünï\n\u0000`', 0);
    await store.put(`${prefix}empty`, '', 0);
    expect((await store.get(key))?.value).toBe('ünï\n\u0000`');
    expect((await store.get(`${prefix}empty`))?.value).toBe('');
  });

  test(`${name}: list gives what is below the prefix, sorted, and nothing beside it`, async () => {
    const { store, prefix } = await open();
    for (const key of ['d/b', 'd/a/x', 'd/B', 'dx', 'e']) await store.put(prefix + key, key, 0);
    const keys = (await store.list(`${prefix}d/`)).map(({ key }) => key.slice(prefix.length));
    expect(keys).toEqual(['d/B', 'd/a/x', 'd/b']);
    expect(await store.keys(`${prefix}d/`)).toEqual((await store.list(`${prefix}d/`)).map(({ key }) => key));
    expect(await store.list(`${prefix}nothing/`)).toEqual([]);
    expect(await store.keys(`${prefix}nothing/`)).toEqual([]);
  });

  test(`${name}: delete needs the present version`, async () => {
    const { store, prefix } = await open();
    await store.put(`${prefix}a`, '1', 0);
    const { index } = (await store.get(`${prefix}a`)) as KvEntry;
    await store.put(`${prefix}a`, '2', index);
    expect(await store.delete(`${prefix}a`, index)).toEqual({ kind: 'conflict' });
    expect(await store.delete(`${prefix}a`, 0)).toEqual({ kind: 'conflict' });
    const now = (await store.get(`${prefix}a`)) as KvEntry;
    expect(await store.delete(`${prefix}a`, now.index)).toEqual({ kind: 'written' });
    expect(await store.get(`${prefix}a`)).toBeUndefined();
  });

  test(`${name}: a write of the same value leaves the version alone`, async () => {
    const { store, prefix } = await open();
    await store.put(`${prefix}a`, 'same', 0);
    const before = (await store.get(`${prefix}a`)) as KvEntry;
    expect(await store.put(`${prefix}a`, 'same', before.index)).toEqual({ kind: 'written' });
    expect((await store.get(`${prefix}a`))?.index).toBe(before.index);
  });

  test(`${name}: a transaction gives the new versions, and writes all or nothing`, async () => {
    const { store, prefix } = await open();
    const first = await store.transact([
      { kind: 'cas', key: `${prefix}a`, value: '1', ifIndex: 0 },
      { kind: 'set', key: `${prefix}b`, value: '1' },
      { kind: 'check-absent', key: `${prefix}c` },
    ]);
    if (first.kind !== 'committed') throw new Error('the transaction was refused');
    expect(first.indexes.get(`${prefix}a`)).toBe((await store.get(`${prefix}a`))?.index);

    const second = await store.transact([
      { kind: 'set', key: `${prefix}b`, value: '2' },
      { kind: 'delete', key: `${prefix}a` },
      { kind: 'check-absent', key: `${prefix}b` },
    ]);
    expect(second.kind).toBe('conflict');
    if (second.kind === 'conflict') expect(second.failures.map(({ operation }) => operation)).toEqual([2]);
    expect((await store.list(prefix)).map(({ value }) => value)).toEqual(['1', '1']);
  });

  test(`${name}: a transaction sees its own earlier operations`, async () => {
    const { store, prefix } = await open();
    await store.put(`${prefix}a`, '1', 0);
    const { index } = (await store.get(`${prefix}a`)) as KvEntry;
    const result = await store.transact([
      { kind: 'check-index', key: `${prefix}a`, ifIndex: index },
      { kind: 'delete', key: `${prefix}a` },
      { kind: 'cas', key: `${prefix}a`, value: '2', ifIndex: 0 },
    ]);
    expect(result.kind).toBe('committed');
    expect((await store.get(`${prefix}a`))?.value).toBe('2');
  });

  test(`${name}: one session holds a lock, and fenced writes need it`, async () => {
    const { store, prefix } = await open();
    const [mine, other] = [await store.createSession(session), await store.createSession(session)];
    const lock = `${prefix}leader`;
    expect(await store.acquire(lock, 'me', mine)).toEqual({ kind: 'acquired' });
    expect(await store.acquire(lock, 'me', mine)).toEqual({ kind: 'acquired' });
    expect(await store.acquire(lock, 'other', other)).toEqual({ kind: 'held' });
    expect(await store.get(lock)).toMatchObject({ value: 'me', session: mine, lockIndex: 1 });

    const fenced = (by: string) =>
      store.transact([
        { kind: 'check-session', key: lock, session: by },
        { kind: 'set', key: `${prefix}state`, value: by },
      ]);
    expect((await fenced(other)).kind).toBe('conflict');
    expect((await fenced(mine)).kind).toBe('committed');

    await store.release(lock, other);
    expect((await store.get(lock))?.session).toBe(mine);
    await store.release(lock, mine);
    expect((await fenced(mine)).kind).toBe('conflict');
    expect(await store.acquire(lock, 'other', other)).toEqual({ kind: 'acquired' });
    expect((await store.get(lock))?.lockIndex).toBe(2);
  });

  test(`${name}: the end of a session releases its lock`, async () => {
    const { store, prefix } = await open();
    const mine = await store.createSession(session);
    await store.acquire(`${prefix}leader`, 'me', mine);
    expect(await store.renewSession(mine)).toBe('renewed');
    await store.destroySession(mine);
    await store.destroySession(mine);
    expect(await store.renewSession(mine)).toBe('lost');
    expect((await store.get(`${prefix}leader`))?.session).toBeUndefined();
    expect(await store.acquire(`${prefix}leader`, 'me', mine)).toEqual({ kind: 'no-session' });
  });

  test(`${name}: a watch shows the state, then each change, and ends by its signal`, async () => {
    const { store, prefix } = await open();
    const stop = new AbortController();
    const seen = store.watch({ prefix: `${prefix}w/` }, stop.signal)[Symbol.asyncIterator]();
    const values = async () => ((await seen.next()).value as readonly KvEntry[]).map(({ value }) => value);
    expect(await values()).toEqual([]);
    await store.put(`${prefix}w/a`, '1', 0);
    expect(await values()).toEqual(['1']);
    const next = values();
    await store.put(`${prefix}beside`, 'x', 0);
    await store.put(`${prefix}w/b`, '2', 0);
    expect(await next).toEqual(['1', '2']);
    const last = seen.next();
    await store.delete(`${prefix}w/a`, (await store.get(`${prefix}w/a`))?.index ?? 0);
    expect(((await last).value as readonly KvEntry[]).map(({ value }) => value)).toEqual(['2']);
    const end = seen.next();
    stop.abort();
    expect(await end).toEqual({ value: undefined, done: true });
  });

  test(`${name}: a watch of one key shows its lock and its removal`, async () => {
    const { store, prefix } = await open();
    const stop = new AbortController();
    const key = `${prefix}leader`;
    const mine = await store.createSession(session);
    await store.acquire(key, 'me', mine);
    const seen = store.watch({ key }, stop.signal)[Symbol.asyncIterator]();
    expect((await seen.next()).value).toMatchObject([{ session: mine }]);
    const released = seen.next();
    await store.release(key, mine);
    expect((await released).value).toMatchObject([{ session: undefined }]);
    const removed = seen.next();
    await store.delete(key, (await store.get(key))?.index ?? 0);
    expect((await removed).value).toEqual([]);
    stop.abort();
  });

  test(`${name}: an aborted signal stops a call with its reason`, async () => {
    const { store, prefix } = await open();
    const reason = new Error('stop');
    await expect(store.put(`${prefix}a`, '1', 0, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await store.get(`${prefix}a`)).toBeUndefined();
  });

  test.each(['', '/a', 'a/', 'a//b', 'a/../b', '.', 'a b', 'a\nb', 'x'.repeat(600)])(
    `${name}: the key %j is refused`,
    async (key) => {
      const { store } = await open();
      await expect(store.get(key)).rejects.toMatchObject({ code: 'INVALID_KEY' });
      await expect(store.put(key, 'x', 0)).rejects.toMatchObject({ code: 'INVALID_KEY' });
    },
  );

  test(`${name}: a value takes 512 KiB, and not a byte more`, async () => {
    const { store, prefix } = await open();
    expect(await store.put(`${prefix}big`, 'x'.repeat(512 * 1024), 0)).toEqual({ kind: 'written' });
    await expect(store.put(`${prefix}big2`, 'x'.repeat(512 * 1024 + 1), 0)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });

  test(`${name}: a transaction takes 64 operations, 512 KiB in all, and no more`, async () => {
    const { store, prefix } = await open();
    const sets = (count: number, value: string) =>
      Array.from({ length: count }, (_, i) => ({ kind: 'set' as const, key: `${prefix}k${i}`, value }));
    expect((await store.transact(sets(64, 'x'.repeat(5_000)))).kind).toBe('committed');
    await expect(store.transact(sets(65, 'x'))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(store.transact(sets(2, 'x'.repeat(200 * 1024)))).rejects.toMatchObject({ code: 'TOO_LARGE' });
    await expect(store.transact([])).rejects.toMatchObject({ code: 'INVALID_OPERATION' });
  });
}
