import { generateKeyPairSync } from 'node:crypto';
import { caId, importAccountKey, type AccountRecord } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { createLogger } from '../log.ts';
import { persistIssuers } from './persist-issuers.ts';

const log = createLogger('fatal');
const { signal } = new AbortController();
const directoryUrl = 'https://ca.example/dir';
const account: AccountRecord = {
  ca: directoryUrl,
  epoch: 1,
  privateKey: 'SECRET',
  contact: [],
  url: 'https://ca.example/acct/1',
};
const endpoints = {
  newNonce: directoryUrl,
  newAccount: directoryUrl,
  newOrder: directoryUrl,
  revokeCert: directoryUrl,
};

test.each([
  { given: 'an account', caaIdentities: ['ca.example'], record: account, then: ['https://ca.example/acct/1'] },
  { given: 'no account yet', caaIdentities: ['ca.example'], record: undefined, then: [] },
  { given: 'a CA that has no name in DNS', caaIdentities: undefined, record: account, then: [] },
  { given: 'a CA that is away', caaIdentities: 'away' as const, record: account, then: [] },
])('given $given, records name $then', async ({ caaIdentities, record, then }) => {
  const directory = async () => {
    if (caaIdentities === 'away') throw new Error('no answer');
    return { ...endpoints, meta: { caaIdentities } };
  };
  const load = async (id: string) =>
    record !== undefined && id === caId(directoryUrl) ? { record, index: 1 } : undefined;
  const found = await persistIssuers({ cas: [{ directoryUrl, directory }], accounts: { load }, log }, signal);
  expect(found.map(({ accountUri }) => accountUri)).toEqual(then);
  expect(JSON.stringify(found)).not.toContain('SECRET');
});

test('where the directory says how a hashed account begins, that and the thumbprints of our keys are told, and no key', async () => {
  const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const record = { ...account, privateKey: String(privateKey), formerThumbprints: ['former'] };
  const meta = {
    caaIdentities: ['other.example'],
    issuerDomainNames: ['ca.example'],
    accountHashPrefix: 'https://ca.example/hash/',
  };
  const sources = {
    cas: [{ directoryUrl, directory: async () => ({ ...endpoints, meta }) }],
    accounts: { load: async () => ({ record, index: 1 }) },
    log,
  };
  const { thumbprint } = await importAccountKey(record.privateKey);
  expect(await persistIssuers(sources, signal)).toEqual([
    {
      issuer: directoryUrl,
      issuerDomains: ['ca.example'],
      accountUri: account.url,
      hashed: { prefix: 'https://ca.example/hash/', thumbprints: [thumbprint, 'former'] },
    },
  ]);
});
