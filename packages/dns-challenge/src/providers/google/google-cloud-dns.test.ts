import { afterEach, expect, test } from '@jest/globals';
import { testDnsProvider } from '../../dns-provider.contract.ts';
import { json, startFakeApi } from '../../testing/fake-api.ts';
import { startFakeGoogle, type FakeGoogleOptions } from '../../testing/fake-google.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { quotedTxt, unquotedTxt } from '../../txt-text.ts';
import { googleCloudDns, type GoogleCloudDnsOptions } from './google-cloud-dns.ts';

const { signal } = new AbortController();
const fqdn = '_acme-challenge.example.com';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function start(options: Partial<FakeGoogleOptions> = {}) {
  const clock = new ManualClock();
  const zones = ['example.com', 'sub.example.com'];
  const fake = await startFakeGoogle({ project: 'my-project', zones, clock, ...options });
  open.push(fake);
  const providerWith = (given: Partial<GoogleCloudDnsOptions> = {}) =>
    googleCloudDns({
      project: 'my-project',
      serviceAccount: async () => fake.keyJson,
      clock,
      baseUrl: fake.url,
      metadataUrl: fake.url,
      ...given,
    });
  return { fake, clock, providerWith };
}

function privateLinesOf(keyJson: string): readonly string[] {
  const { private_key: pem } = JSON.parse(keyJson) as { private_key: string };
  return pem.split('\n').filter((line) => line.length > 10 && !line.startsWith('-'));
}

testDnsProvider('googleCloudDns', { knowsZones: true }, async () => {
  const { fake, providerWith } = await start();
  return {
    provider: providerWith(),
    zone: 'example.com',
    valuesAt: async (name) => fake.zones.itemsAt(name).map(unquotedTxt),
    put: async (name, value) => fake.zones.put(name, quotedTxt(value)),
    stranger: providerWith({ serviceAccount: async () => fake.unknownKeyJson }),
    secrets: [...privateLinesOf(fake.keyJson), ...privateLinesOf(fake.unknownKeyJson), 'eyJhbGciOiJSUzI1NiIs'],
  };
});

test('without a key, the Pod’s own identity is used', async () => {
  const { fake, providerWith } = await start();
  await providerWith({ serviceAccount: undefined }).addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['"one"']);
});

test('a token is kept for an hour, and given up when it is refused', async () => {
  const { fake, clock, providerWith } = await start();
  const provider = providerWith();
  const tokens = () => fake.calls.filter(({ path }) => path === '/token').length;
  await provider.addTxt(fqdn, 'one', signal);
  await provider.removeTxt(fqdn, 'one', signal);
  expect(tokens()).toBe(1);
  await clock.sleep(3_600_000, signal);
  await provider.addTxt(fqdn, 'one', signal);
  expect(tokens()).toBe(2);
  fake.revokeTokens();
  await expect(provider.removeTxt(fqdn, 'one', signal)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
  await provider.removeTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual([]);
});

test.each([
  '',
  'no JSON',
  '{"type":"authorized_user"}',
  '{"type":"service_account","client_email":"a","private_key":"oops-secret"}',
])('given %j as the key, the error says that it is none, and does not show it', async (text) => {
  const { providerWith } = await start();
  const adding = providerWith({ serviceAccount: async () => text }).addTxt(fqdn, 'one', signal);
  const error: unknown = await adding.catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', cause: undefined });
  expect(String(error)).not.toContain('oops-secret');
});

test('given somebody who writes between reading and writing, both values stay', async () => {
  const { fake, providerWith } = await start();
  let others = 0;
  fake.zones.beforeChange = (name) => {
    if (others < 2) fake.zones.put(name, `"other ${String((others += 1))}"`);
  };
  await providerWith().addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['"other 1"', '"other 2"', '"one"']);
});

test('given somebody who takes all away between reading and writing, ours is there', async () => {
  const { fake, providerWith } = await start();
  fake.zones.put(fqdn, '"other"');
  fake.zones.beforeChange = (name) => {
    fake.zones.zone('example.com').delete(name);
    fake.zones.beforeChange = () => undefined;
  };
  await providerWith().addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['"one"']);
});

test('given a change that never ends, it gives up', async () => {
  const { providerWith } = await start({ pendingPolls: Infinity });
  await expect(providerWith().addTxt(fqdn, 'one', signal)).rejects.toMatchObject({ code: 'TIMED_OUT' });
});

test.each([
  { status: 403, reason: 'forbidden', then: { code: 'FORBIDDEN', hint: expect.stringContaining('roles/dns.admin') } },
  { status: 403, reason: 'rateLimitExceeded', then: { code: 'RATE_LIMITED' } },
  { status: 403, reason: 'userRateLimitExceeded', then: { code: 'RATE_LIMITED' } },
  { status: 400, reason: 'invalid', then: { code: 'REFUSED' } },
])('given $status $reason, the error is $then.code', async ({ status, reason, then }) => {
  const { fake, providerWith } = await start();
  const api = await startFakeApi(({ path }) =>
    path.startsWith('/compute')
      ? json(200, { access_token: 'ya29.a', expires_in: 3_599 })
      : json(status, { error: { code: status, message: 'because', errors: [{ reason }] } }),
  );
  open.push(api);
  const provider = providerWith({ baseUrl: api.url, metadataUrl: api.url, serviceAccount: undefined });
  await expect(provider.addTxt(fqdn, 'one', signal)).rejects.toMatchObject(then);
  expect(fake.calls).toEqual([]);
});
