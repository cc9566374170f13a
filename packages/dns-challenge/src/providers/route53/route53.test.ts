import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { testDnsProvider } from '../../dns-provider.contract.ts';
import { startFakeApi } from '../../testing/fake-api.ts';
import { startFakeRoute53, zoneId, type FakeRoute53Options } from '../../testing/fake-route53.ts';
import { startFakeSts } from '../../testing/fake-sts.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { quotedTxt, unquotedTxt } from '../../txt-text.ts';
import { podCredentials } from './pod-credentials.ts';
import { route53, type Route53Options } from './route53.ts';

const { signal } = new AbortController();
const keys = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret/Key+of+Aws',
  sessionToken: 'session/Token+of+Aws==',
};
const fqdn = '_acme-challenge.example.com';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function start(options: Partial<FakeRoute53Options> = {}) {
  const clock = new ManualClock();
  const zones = ['example.com', 'sub.example.com', 'example.net'];
  const fake = await startFakeRoute53({ zones, credentials: keys, clock, ...options });
  open.push(fake);
  const providerWith = (given: Partial<Route53Options> = {}) =>
    route53({ credentials: async () => keys, region: 'us-east-1', clock, baseUrl: fake.url, ...given });
  return { fake, clock, providerWith };
}

testDnsProvider('route53', { knowsZones: true }, async () => {
  const { fake, providerWith } = await start();
  const unknown = { ...keys, secretAccessKey: 'another/Secret' };
  return {
    provider: providerWith(),
    zone: 'example.com',
    valuesAt: async (name) => fake.zones.itemsAt(name).map(unquotedTxt),
    put: async (name, value) => fake.zones.put(name, quotedTxt(value)),
    stranger: providerWith({ credentials: async () => unknown }),
    secrets: [keys.secretAccessKey, keys.sessionToken, unknown.secretAccessKey],
  };
});

test('given a hosted zone, none is looked for', async () => {
  const { fake, providerWith } = await start();
  await providerWith({ hostedZoneId: zoneId('example.com') }).addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['"one"']);
  expect(fake.calls.filter(({ path }) => path.includes('hostedzonesbyname'))).toEqual([]);
});

test('a zone that was found is not looked for again within a minute', async () => {
  const { fake, providerWith } = await start();
  const provider = providerWith();
  await provider.addTxt(fqdn, 'one', signal);
  const before = fake.calls.length;
  await provider.removeTxt(fqdn, 'one', signal);
  expect(fake.calls.slice(before).map(({ method }) => method)).toEqual(['GET', 'POST']);
});

test('given a hosted zone that is gone, the error says so', async () => {
  const { providerWith } = await start();
  const adding = providerWith({ hostedZoneId: 'ZGONE' }).addTxt(fqdn, 'one', signal);
  await expect(adding).rejects.toMatchObject({ code: 'NO_ZONE', hint: 'check hostedZone' });
});

test('given somebody who writes between reading and writing, both values stay', async () => {
  const { fake, providerWith } = await start();
  let others = 0;
  fake.zones.beforeChange = (name) => {
    if (others < 3) fake.zones.put(name, `"other ${String((others += 1))}"`);
  };
  await providerWith().addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['"other 1"', '"other 2"', '"other 3"', '"one"']);
});

test('given somebody who always writes, it gives up', async () => {
  const { fake, providerWith } = await start();
  let others = 0;
  fake.zones.beforeChange = (name) => fake.zones.put(name, `"other ${String((others += 1))}"`);
  await expect(providerWith().addTxt(fqdn, 'one', signal)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('adding waits until the change is on all servers', async () => {
  const { fake, providerWith } = await start({ pendingPolls: 7 });
  await providerWith().addTxt(fqdn, 'one', signal);
  expect(fake.calls.filter(({ path }) => path.includes('/change/'))).toHaveLength(8);
});

test('given a change that never ends, it gives up', async () => {
  const { providerWith } = await start({ pendingPolls: Infinity });
  await expect(providerWith().addTxt(fqdn, 'one', signal)).rejects.toMatchObject({ code: 'TIMED_OUT' });
});

test.each([
  { status: 400, code: 'Throttling', then: { code: 'RATE_LIMITED' } },
  { status: 400, code: 'PriorRequestNotComplete', then: { code: 'RATE_LIMITED' } },
  { status: 403, code: 'AccessDenied', then: { code: 'FORBIDDEN', hint: expect.stringContaining('route53:') } },
  { status: 403, code: 'ExpiredToken', then: { code: 'BAD_CREDENTIALS' } },
  { status: 400, code: 'InvalidInput', then: { code: 'REFUSED', status: 400 } },
  { status: 503, code: 'ServiceUnavailable', then: { code: 'BAD_ANSWER', retryAfter: expect.any(Date) } },
  { status: 429, code: 'TooMany', then: { code: 'RATE_LIMITED', retryAfter: expect.any(Date) } },
])('given $status $code, the error is $then.code', async ({ status, code, then }) => {
  const body = `<ErrorResponse><Error><Code>${code}</Code><Message>because</Message></Error></ErrorResponse>`;
  const api = await startFakeApi(() => ({ status, body, headers: { 'retry-after': '5' } }));
  open.push(api);
  const { providerWith } = await start();
  const adding = providerWith({ baseUrl: api.url }).addTxt(fqdn, 'one', signal);
  await expect(adding).rejects.toMatchObject({ name: 'DnsChallengeError', ...then });
});

test.each([
  { region: 'cn-north-1', scope: '/cn-northwest-1/route53/' },
  { region: 'us-gov-east-1', scope: '/us-gov-west-1/route53/' },
  { region: 'eu-central-1', scope: '/us-east-1/route53/' },
])('in $region it signs for $scope', async ({ region, scope }) => {
  const { fake, providerWith } = await start();
  await providerWith({ region })
    .addTxt(fqdn, 'one', signal)
    .catch(() => undefined);
  expect(fake.calls[0]?.headers.authorization).toContain(scope);
});

test.each([
  { given: 'a role for the ServiceAccount', variables: { AWS_ROLE_ARN: 'arn:r', AWS_WEB_IDENTITY_TOKEN_FILE: '' } },
  {
    given: 'the Pod Identity Agent',
    variables: { AWS_CONTAINER_CREDENTIALS_FULL_URI: '', AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '' },
  },
])('given $given, no key is needed, and credentials are kept', async ({ variables }) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-dns-challenge-'));
  const file = join(folder, 'token');
  await writeFile(file, 'pod-token\n');
  const { fake, clock, providerWith } = await start();
  const sts = await startFakeSts({ token: 'pod-token', roleArn: 'arn:r', credentials: keys, clock });
  open.push(sts);
  const environment = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => {
      if (name.endsWith('_FILE')) return [name, file];
      return [name, name.endsWith('_URI') ? `${sts.url}/v1/credentials` : value];
    }),
  );
  const credentials = podCredentials({ environment, region: 'eu-central-1', clock, stsUrl: sts.url });
  const provider = providerWith({ credentials });
  await provider.addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual(['"one"']);
  expect(sts.calls).toHaveLength(1);

  await clock.sleep(56 * 60_000, signal);
  await provider.removeTxt(fqdn, 'one', signal);
  expect(sts.calls).toHaveLength(2);

  await writeFile(file, 'stolen-token');
  await clock.sleep(60 * 60_000, signal);
  const error: unknown = await provider.addTxt(fqdn, 'one', signal).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'BAD_CREDENTIALS' });
  expect(String(error)).not.toContain('stolen-token');
  await rm(folder, { recursive: true });
});

test('given neither keys nor an identity, the error says what to do', async () => {
  const { clock, providerWith } = await start();
  const credentials = podCredentials({ environment: {}, region: 'eu-central-1', clock });
  await expect(providerWith({ credentials }).addTxt(fqdn, 'one', signal)).rejects.toMatchObject({
    code: 'BAD_CREDENTIALS',
    hint: expect.stringContaining('accessKeyId'),
  });
});
