import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { createDnsProvider, dnsRecordOf } from '@gatefleet/dns-challenge';
import { describeWithNamed, startNamed, type Named } from '@gatefleet/dns-challenge/testing';
import { freePort } from '@gatefleet/test-programs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dnsChallenges } from './dns-challenges.ts';

const { signal } = new AbortController();
const key = {
  name: 'acme',
  algorithm: 'hmac-sha256',
  secret: randomBytes(32).toString('base64'),
  mayUpdate: true,
} as const;

describeWithNamed('on BIND, by dynamic updates', () => {
  let named: Named;
  beforeAll(async () => {
    const ns = '@ IN NS ns1\nns1 IN A 127.0.0.1\n';
    const zones = {
      'example.com': `${ns}_acme-challenge.led IN CNAME led.acme.example.net.\n`,
      'acme.example.net': ns,
    };
    named = await startNamed({ address: '127.0.0.1', port: await freePort(), zones, keys: [key] });
  }, 60_000);
  afterAll(() => named.stop());

  const open = () => {
    const rfc2136 = {
      nameserver: named.text,
      tsigKeyName: key.name,
      tsigAlgorithm: key.algorithm,
      tsigSecret: { name: 'dns', key: 'tsig' },
    };
    const provider = createDnsProvider({ type: 'dns-01', rfc2136 }, () => Promise.resolve(key.secret));
    return dnsChallenges({ provider, resolvers: [named.text], port: named.port });
  };
  const shown = async (fqdn: string): Promise<string[]> => {
    const resolver = new Resolver();
    resolver.setServers([named.text]);
    return (await resolver.resolveTxt(fqdn).catch(() => [])).map((parts) => parts.join('')).toSorted();
  };

  test('a wildcard and its base have their records side by side, and lose them one by one', async () => {
    const dns = open();
    const base = { host: 'shop.example.com', keyAuthorization: 'one.thumbprint' };
    const wildcard = { host: '*.shop.example.com', keyAuthorization: 'two.thumbprint' };
    const values = [base, wildcard].map(({ host, keyAuthorization }) => dnsRecordOf(host, keyAuthorization).value);
    await dns.present([base, wildcard], signal);
    await dns.present([base], signal);
    expect(await shown('_acme-challenge.shop.example.com')).toEqual(values.toSorted());
    await dns.remove([base], signal);
    expect(await shown('_acme-challenge.shop.example.com')).toEqual([values[1]]);
    await dns.remove([base, wildcard], signal);
    expect(await shown('_acme-challenge.shop.example.com')).toEqual([]);
  }, 60_000);

  test('a record is written where a CNAME leads to', async () => {
    const dns = open();
    const answer = { host: 'led.example.com', keyAuthorization: 'three.thumbprint' };
    await dns.present([answer], signal);
    expect(await shown('led.acme.example.net')).toHaveLength(1);
    await dns.remove([answer], signal);
    expect(await shown('led.acme.example.net')).toEqual([]);
  }, 60_000);
});
