import { afterEach, expect, test } from '@jest/globals';
import { testDnsProvider } from '../dns-provider.contract.ts';
import { json, startFakeApi } from '../testing/fake-api.ts';
import { startFakeCloudflare } from '../testing/fake-cloudflare.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { quotedTxt, unquotedTxt } from '../txt-text.ts';
import { cloudflare } from './cloudflare.ts';

const { signal } = new AbortController();
const token = 'api-token-of-cloudflare';
const fqdn = '_acme-challenge.example.com';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function start(readOnly: readonly string[] = []) {
  const clock = new ManualClock();
  const fake = await startFakeCloudflare({ zones: ['example.com', 'sub.example.com'], apiToken: token, readOnly });
  open.push(fake);
  const providerWith = (apiToken: string, baseUrl = fake.url) =>
    cloudflare({ apiToken: async () => apiToken, clock, baseUrl });
  return { fake, providerWith };
}

testDnsProvider('cloudflare', { knowsZones: true }, async () => {
  const { fake, providerWith } = await start();
  return {
    provider: providerWith(token),
    zone: 'example.com',
    valuesAt: async (name) => fake.zones.itemsAt(name).map(unquotedTxt),
    put: async (name, value) => fake.zones.put(name, quotedTxt(value)),
    stranger: providerWith('unknown-token'),
    secrets: [token, 'unknown-token'],
  };
});

test('a value that others wrote without quotes is the same value', async () => {
  const { fake, providerWith } = await start();
  fake.zones.put(fqdn, 'one');
  await providerWith(token).addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['one']);
  await providerWith(token).removeTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual([]);
});

test('given somebody who removes it first, removing succeeds', async () => {
  const { fake, providerWith } = await start();
  fake.zones.put(fqdn, '"one"');
  fake.zones.beforeChange = (name) => fake.zones.zone('example.com').delete(name);
  await providerWith(token).removeTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual([]);
});

test('given a token that may not edit the zone, the error says what it needs', async () => {
  const { providerWith } = await start(['example.com']);
  await expect(providerWith(token).addTxt(fqdn, 'one', signal)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    hint: expect.stringContaining('Zone.DNS.Edit'),
  });
});

test.each([
  { given: 'a token with a line break in it', token: 'two\nlines', code: 'BAD_CREDENTIALS' },
  { given: 'a token of a wrong form', token: 'a.b', code: 'BAD_CREDENTIALS' },
])('given $given, the error is $code', async ({ token: odd, code }) => {
  const { providerWith } = await start();
  const error: unknown = await providerWith(odd)
    .addTxt(fqdn, 'one', signal)
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code });
  expect(String(error)).not.toContain('lines');
});

test.each([
  { given: 'HTML', reply: { status: 200, body: '<html>' }, code: 'BAD_ANSWER' },
  { given: 'another shape', reply: json(200, { result: [{}] }), code: 'BAD_ANSWER' },
  { given: '429', reply: json(429, {}, { 'retry-after': '7' }), code: 'RATE_LIMITED' },
  { given: '502', reply: { status: 502, body: 'bad gateway' }, code: 'BAD_ANSWER' },
  {
    given: 'a redirect',
    reply: { status: 302, body: '', headers: { location: 'https://example.org/' } },
    code: 'UNREACHABLE',
  },
])('given $given for an answer, the error is $code', async ({ reply, code }) => {
  const { providerWith } = await start();
  const api = await startFakeApi(() => reply);
  open.push(api);
  await expect(providerWith(token, api.url).addTxt(fqdn, 'one', signal)).rejects.toMatchObject({ code });
});

test('given no server, the error says so and names its host', async () => {
  const { providerWith } = await start();
  const api = await startFakeApi(() => json(200, {}));
  await api[Symbol.asyncDispose]();
  await expect(providerWith(token, api.url).addTxt(fqdn, 'one', signal)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('127.0.0.1'),
  });
});

test('when aborted while it waits for an answer, it ends with the reason', async () => {
  const { providerWith } = await start();
  const stop = new AbortController();
  const reason = new Error('no more time');
  const api = await startFakeApi(() => {
    stop.abort(reason);
    return new Promise(() => undefined);
  });
  open.push(api);
  await expect(providerWith(token, api.url).addTxt(fqdn, 'one', stop.signal)).rejects.toBe(reason);
});
