import { randomBytes } from 'node:crypto';
import { testAcmeStore } from '@gatefleet/acme/contract';
import { MemoryKvStore } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { openTestStore } from '../testing/open-test-store.ts';

const key = randomBytes(32).toString('base64');

testAcmeStore('memory', () => openTestStore(new MemoryKvStore(), key));

test('no private key is kept in clear below gatefleet/', async () => {
  const store = new MemoryKvStore();
  const { store: acme } = await openTestStore(store, key);
  const { signal } = new AbortController();
  const account = { ca: 'https://ca.example/dir', epoch: 1, privateKey: 'PRIVATE', contact: [] };
  await acme.accounts.save('ca', account, 0, signal);
  const values = (await store.list('gatefleet/')).map(({ value }) => value).join('\n');
  expect(values).toContain('"data"');
  expect(values).not.toContain('PRIVATE');
});
