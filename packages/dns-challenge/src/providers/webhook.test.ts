import { afterEach, expect, test } from '@jest/globals';
import { testDnsProvider } from '../dns-provider.contract.ts';
import { startFakeApi } from '../testing/fake-api.ts';
import { startFakeWebhook } from '../testing/fake-webhook.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { parseWebhookSecret, webhook, webhookSignature } from './webhook.ts';

const { signal } = new AbortController();
const secret = Buffer.alloc(32, 1).toString('base64');
const fqdn = '_acme-challenge.example.com';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

testDnsProvider('webhook', { knowsZones: false }, async () => {
  const clock = new ManualClock();
  const fake = await startFakeWebhook({ secret, clock });
  open.push(fake);
  const url = `${fake.url}/dns`;
  const unknown = Buffer.alloc(32, 2).toString('base64');
  return {
    provider: webhook({ url, secret: async () => `whsec_${secret}`, clock }),
    zone: 'example.com',
    valuesAt: async (name) => [...(fake.values.get(name) ?? [])],
    put: async (name, value) => void fake.values.set(name, new Set([...(fake.values.get(name) ?? []), value])),
    stranger: webhook({ url, secret: async () => unknown, clock }),
    secrets: [secret, unknown],
  };
});

test('the signature is that of the specification’s own example', () => {
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
  const key = parseWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  expect(webhookSignature(message, key)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('without a secret, nothing is signed', async () => {
  const clock = new ManualClock();
  const fake = await startFakeWebhook({ secret: undefined, clock });
  open.push(fake);
  await webhook({ url: `${fake.url}/dns`, clock }).addTxt(fqdn, 'one', signal);
  expect(JSON.parse(fake.calls[0]?.body ?? '')).toEqual({ action: 'add', fqdn, value: 'one' });
});

test.each([
  '',
  'whsec_',
  'short',
  Buffer.alloc(23).toString('base64'),
  Buffer.alloc(65).toString('base64'),
  'ä'.repeat(40),
])('a secret %j is refused, and not shown', (text) => {
  expect(() => parseWebhookSecret(text)).toThrow(expect.objectContaining({ code: 'BAD_CREDENTIALS' }));
});

test.each([
  { status: 422, code: 'REFUSED' },
  { status: 401, code: 'BAD_CREDENTIALS' },
  { status: 403, code: 'FORBIDDEN' },
  { status: 429, code: 'RATE_LIMITED' },
  { status: 500, code: 'BAD_ANSWER' },
])('given $status, the error is $code and shows the words', async ({ status, code }) => {
  const api = await startFakeApi(() => ({ status, body: 'not today', headers: { 'retry-after': '60' } }));
  open.push(api);
  const clock = new ManualClock();
  await expect(webhook({ url: api.url, clock }).addTxt(fqdn, 'one', signal)).rejects.toMatchObject({
    code,
    message: status === 429 ? expect.any(String) : expect.stringContaining('not today'),
    retryAfter: new Date(clock.now().getTime() + 60_000),
  });
});
