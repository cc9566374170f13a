import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { testDnsProvider } from '../../dns-provider.contract.ts';
import { json, startFakeApi } from '../../testing/fake-api.ts';
import { startFakeAzure } from '../../testing/fake-azure.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { azureDns, type AzureDnsOptions } from './azure-dns.ts';

const { signal } = new AbortController();
const fqdn = '_acme-challenge.example.com';
const place = { subscriptionId: '11111111-1111-4111-8111-111111111111', resourceGroup: 'my group' };
const application = {
  tenantId: '22222222-2222-4222-8222-222222222222',
  clientId: '33333333-3333-4333-8333-333333333333',
};
const clientSecret = 'secret~of.Azure';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});

async function start() {
  const clock = new ManualClock();
  const zones = ['example.com', 'sub.example.com'];
  const fake = await startFakeAzure({ ...place, ...application, clientSecret, zones, federatedToken: 'pod-token' });
  open.push(fake);
  const providerWith = (given: Partial<AzureDnsOptions> = {}) =>
    azureDns({
      ...place,
      application: { ...application, clientSecret: async () => clientSecret },
      environment: {},
      clock,
      baseUrl: fake.url,
      loginUrl: fake.url,
      metadataUrl: fake.url,
      ...given,
    });
  return { fake, providerWith };
}

testDnsProvider('azureDns', { knowsZones: true }, async () => {
  const { fake, providerWith } = await start();
  const unknown = 'another~secret';
  return {
    provider: providerWith(),
    zone: 'example.com',
    valuesAt: async (name) => fake.zones.itemsAt(name).map(({ value }) => value.join('')),
    put: async (name, value) => fake.zones.put(name, { value: [value] }),
    stranger: providerWith({ application: { ...application, clientSecret: async () => unknown } }),
    secrets: [clientSecret, unknown],
  };
});

test('the record of the zone itself is changed at @', async () => {
  const { fake, providerWith } = await start();
  await providerWith().addTxt('sub.example.com', 'one', signal);
  expect(fake.zones.itemsAt('sub.example.com')).toEqual([{ value: ['one'] }]);
});

test('given a workload identity, the file’s token is the credential', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-dns-challenge-'));
  const file = join(folder, 'token');
  await writeFile(file, 'pod-token\n');
  const { fake, providerWith } = await start();
  const environment = {
    AZURE_TENANT_ID: application.tenantId,
    AZURE_CLIENT_ID: application.clientId,
    AZURE_FEDERATED_TOKEN_FILE: file,
    AZURE_AUTHORITY_HOST: `${fake.url}/`,
  };
  await providerWith({ application: undefined, environment, loginUrl: undefined }).addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual([{ value: ['one'] }]);
  await rm(folder, { recursive: true });
  const gone = providerWith({ application: undefined, environment }).addTxt(fqdn, 'two', signal);
  await expect(gone).rejects.toMatchObject({ code: 'BAD_CREDENTIALS', message: expect.stringContaining(file) });
});

test('given neither, the machine’s managed identity is asked for', async () => {
  const { fake, providerWith } = await start();
  await providerWith({ application: undefined }).addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn)).toEqual([{ value: ['one'] }]);
});

test.each([
  {
    given: 'adds a value',
    write: (values: readonly string[]) => [...values, 'other'],
    then: ['first', 'other', 'one'],
  },
  { given: 'takes all away', write: () => [], then: ['one'] },
])('given somebody who $given between reading and writing, nothing is lost', async ({ write, then }) => {
  const { fake, providerWith } = await start();
  fake.zones.put(fqdn, { value: ['first'] });
  fake.zones.beforeChange = () => {
    fake.zones.beforeChange = () => undefined;
    const items = write(['first']).map((value) => ({ value: [value] }));
    fake.zones.zone('example.com').delete(fqdn);
    for (const item of items) fake.zones.put(fqdn, item);
  };
  await providerWith().addTxt(fqdn, 'one', signal);
  expect(fake.zones.itemsAt(fqdn).flatMap(({ value }) => value)).toEqual(then);
});

test('given a wrong resource group, the error says so', async () => {
  const { providerWith } = await start();
  const adding = providerWith({ resourceGroup: 'other' }).addTxt(fqdn, 'one', signal);
  await expect(adding).rejects.toMatchObject({
    code: 'NO_ZONE',
    message: expect.stringContaining('ResourceGroupNotFound'),
  });
});

test.each([
  {
    status: 403,
    code: 'AuthorizationFailed',
    then: { code: 'FORBIDDEN', hint: expect.stringContaining('DNS Zone Contributor') },
  },
  { status: 400, code: 'BadRequest', then: { code: 'REFUSED' } },
  { status: 429, code: 'TooManyRequests', then: { code: 'RATE_LIMITED', retryAfter: expect.any(Date) } },
])('given $status $code, the error is $then.code', async ({ status, code, then }) => {
  const { providerWith } = await start();
  const api = await startFakeApi(() => json(status, { error: { code, message: 'because' } }, { 'retry-after': '9' }));
  open.push(api);
  await expect(providerWith({ baseUrl: api.url }).addTxt(fqdn, 'one', signal)).rejects.toMatchObject(then);
});
