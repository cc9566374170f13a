import { expect, test } from '@jest/globals';
import { KvError } from './errors.ts';
import { testKvStore } from './kv-store.contract.ts';
import { MemoryKvStore } from './memory-kv-store.ts';

testKvStore('memory', async () => ({ store: new MemoryKvStore(), prefix: 'test/' }));

test('given a failure, the next call throws it and the one after works', async () => {
  const store = new MemoryKvStore();
  store.failNext(new KvError('NO_LEADER', 'made up'));
  await expect(store.get('a')).rejects.toMatchObject({ code: 'NO_LEADER' });
  expect(await store.get('a')).toBeUndefined();
});
