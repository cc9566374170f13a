import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { letsEncryptLimits } from '@gatefleet/ca-limits';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readCertificateSettings } from './certificate-policy.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A policy with these lines added to, or in place of, what is least. */
async function read(lines: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { certificates = '', ...others } = lines;
  const all: Record<string, string> = {
    apiVersion: 'gatefleet.dev/v1alpha1',
    kind: 'CertificatePolicy',
    environment: 'qa',
    domains: '[shop.example.com, gatefleet.localhost]',
    certificates: `{ email: platform@example.com, ${certificates} }`,
    ...others,
  };
  const file = join(folder, 'certificate-policy.yaml');
  await writeFile(
    file,
    Object.entries(all)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );
  return readCertificateSettings(file);
}

test('given the least, certificates come from Let’s Encrypt', async () => {
  expect(await read()).toEqual({
    domains: ['shop.example.com', 'gatefleet.localhost'],
    tenancy: [],
    quotas: { namespaces: {} },
    issuers: [
      {
        directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
        caBundleFile: undefined,
        externalAccount: undefined,
        limits: letsEncryptLimits,
      },
    ],
    challenge: { type: 'http-01' },
    preflight: { networks: [] },
    secretsFolder: join(folder, 'secrets'),
    profile: undefined,
    retentionMs: 30 * 86_400_000,
    email: 'platform@example.com',
  });
});

test('other CAs are asked at their directories, trusted by a ConfigMap and bound by a Secret beside the policy', async () => {
  const bundle = 'caBundle: { configMap: roots, key: ca.crt }';
  const binding = 'externalAccountBinding: { keyId: k1, secret: { name: eab, key: hmac } }';
  const issuer = `{ directory: "https://ca.example.com/dir", ${bundle}, ${binding} }`;
  expect(await read({ certificates: `profile: shortlived, issuers: [${issuer}, letsencrypt-staging]` })).toMatchObject({
    profile: 'shortlived',
    issuers: [
      {
        directoryUrl: 'https://ca.example.com/dir',
        caBundleFile: join(folder, 'config-maps/roots/ca.crt'),
        externalAccount: { keyId: 'k1', macKeyFile: join(folder, 'secrets/eab/hmac') },
      },
      { directoryUrl: 'https://acme-staging-v02.api.letsencrypt.org/directory' },
    ],
  });
});

const directory = 'directory: "https://ca.example.com/dir"';
const letsEncrypt = 'directory: "https://acme-v02.api.letsencrypt.org/directory"';
test.each([
  { given: 'none', issuer: `{ ${directory} }`, limits: {} },
  {
    given: 'two',
    issuer: `{ ${directory}, limits: { newOrders: { count: 20, per: 1h }, certificatesPerDomain: { count: 5, per: 7d } } }`,
    limits: {
      newOrders: { capacity: 20, windowMs: 3_600_000 },
      certificatesPerDomain: { capacity: 5, windowMs: 7 * 86_400_000 },
    },
  },
  { given: 'none for Let’s Encrypt', issuer: `{ ${letsEncrypt} }`, limits: letsEncryptLimits },
  {
    given: 'one that Let’s Encrypt has raised',
    issuer: `{ ${letsEncrypt}, limits: { newOrders: { count: 900, per: 3h } } }`,
    limits: { ...letsEncryptLimits, newOrders: { capacity: 900, windowMs: 3 * 3_600_000 } },
  },
])('given $given, a CA’s limits are those given, and else those known', async ({ issuer, limits }) => {
  const settings = await read({ certificates: `issuers: [${issuer}]` });
  expect(settings).toMatchObject({ issuers: [{ limits }] });
  expect(settings).toHaveProperty('issuers.0.limits', limits);
});

const pebble = 'issuers: [{ directory: "https://ca.example.com/dir" }]';
test.each([
  { given: 'a CA of one’s own', certificates: pebble, preflight: undefined },
  {
    given: 'a CA of one’s own, and the wish',
    certificates: `${pebble}, preflight: { enabled: true, networks: [10.0.0.0/8] }`,
    preflight: { networks: ['10.0.0.0/8'] },
  },
  { given: 'the wish not to', certificates: 'preflight: { enabled: false }', preflight: undefined },
  { given: 'names proven by DNS', certificates: 'challenge: { type: dns-persist-01 }', preflight: undefined },
])('given $given, hosts are looked at with $preflight', async ({ certificates, preflight }) => {
  expect(await read({ certificates })).toHaveProperty('preflight', preflight);
});

describe('refuses, by the name of the field,', () => {
  test.each<{ what: string; lines: Readonly<Record<string, string>>; says: string }>([
    {
      what: 'an address to ask that others can read along',
      lines: { certificates: 'onDemand: { ask: "http://ask.example.com" }' },
      says: 'certificates.onDemand.ask: ',
    },
    { what: 'a wildcard domain', lines: { domains: '["*.example.com"]' }, says: 'domains.0: ' },
    { what: 'an address for a domain', lines: { domains: '[192.0.2.1]' }, says: 'spec.domains.0: the domain ' },
    { what: 'a field that is not known', lines: { wishes: 'many' }, says: 'wishes' },
    { what: 'a policy without domains', lines: { domains: '[]' }, says: 'domains: ' },
  ])('$what', async ({ lines, says }) => {
    await expect(read(lines)).rejects.toMatchObject({ code: 'BAD_CONFIG', message: expect.stringContaining(says) });
  });
});

test.each([
  { given: 'no file', text: undefined },
  { given: 'a file that is not YAML', text: 'a: [\n' },
])('given $given, says which', async ({ text }) => {
  const file = join(folder, 'policy.yaml');
  if (text !== undefined) await writeFile(file, text);
  await expect(readCertificateSettings(file)).rejects.toMatchObject({
    code: 'BAD_CONFIG',
    message: `reading the certificate policy ${file}`,
  });
});
