import { MemoryKvStore, KvError } from '@gatefleet/consul-kv';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { storeconfigVariables } from '../config/environment.ts';
import { storeconfig } from './storeconfig.ts';

const log = pino({ enabled: false });
const signal = new AbortController().signal;
const variables = storeconfigVariables({ GATEFLEET_CHALLENGE_URL: 'http://acme:8402' });
const tree = async (store: MemoryKvStore) =>
  Object.fromEntries((await store.list('traefik/')).map(({ key, value, index }) => [key, { value, index }]));

test('given an empty store, it publishes the challenge route and the redirect', async () => {
  const store = new MemoryKvStore();
  await storeconfig(variables, { store, log, signal });
  expect(await tree(store)).toMatchObject({
    'traefik/http/services/acme-challenge/loadBalancer/servers/0/url': { value: 'http://acme:8402' },
    'traefik/http/middlewares/https-redirect/redirectScheme/scheme': { value: 'https' },
  });
});

test('a second run writes nothing', async () => {
  const store = new MemoryKvStore();
  await storeconfig(variables, { store, log, signal });
  const before = await tree(store);
  await storeconfig(variables, { store, log, signal });
  expect(await tree(store)).toEqual(before);
});

test('given stale keys of its own and certificates, it removes the former and leaves the latter', async () => {
  const store = new MemoryKvStore();
  await store.put('traefik/http/routers/old/rule', 'Host(`x`)', 0);
  await store.put('traefik/tls/certificates/a/certFile', 'cert', 0);
  await storeconfig(variables, { store, log, signal });
  const after = await tree(store);
  expect(after).not.toHaveProperty(['traefik/http/routers/old/rule']);
  expect(after).toHaveProperty(['traefik/tls/certificates/a/certFile', 'value'], 'cert');
});

test('given a change, it writes only what differs', async () => {
  const store = new MemoryKvStore();
  await storeconfig(variables, { store, log, signal });
  const before = await tree(store);
  await storeconfig({ ...variables, GATEFLEET_CHALLENGE_URL: 'http://other:1' }, { store, log, signal });
  const after = await tree(store);
  const changed = Object.keys(after).filter((key) => after[key]?.index !== before[key]?.index);
  expect(changed).toEqual(['traefik/http/services/acme-challenge/loadBalancer/servers/0/url']);
});

test('given a store without a leader at first, it waits', async () => {
  const store = new MemoryKvStore();
  store.failNext(new KvError('NO_LEADER', 'made up'));
  await storeconfig(variables, { store, log, signal });
  expect(await tree(store)).toHaveProperty(['traefik/http/routers/acme-challenge/service', 'value'], 'acme-challenge');
});

test('given a store that forbids it, it fails at once and says so', async () => {
  const store = new MemoryKvStore();
  store.failNext(new KvError('FORBIDDEN', 'made up'));
  await expect(storeconfig(variables, { store, log, signal })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('given a store that stays away, it ends with what was wrong', async () => {
  const store = new MemoryKvStore();
  for (let i = 0; i < 100; i += 1) store.failNext(new KvError('UNREACHABLE', 'made up'));
  const short = { ...variables, GATEFLEET_WAIT_SECONDS: 1 };
  await expect(storeconfig(short, { store, log, signal })).rejects.toMatchObject({ code: 'UNREACHABLE' });
});
