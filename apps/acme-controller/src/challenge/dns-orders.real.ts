import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Resolver } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateId, connectCa, createEngine, systemClock, type OrderOutcome } from '@gatefleet/acme';
import { createMemoryAcme, startPebble, type Pebble } from '@gatefleet/acme/testing';
import { createDnsProvider } from '@gatefleet/dns-challenge';
import { describeWithNamed, startNamed, type Named } from '@gatefleet/dns-challenge/testing';
import { certificatePolicyOf, parseEnvironment } from '@gatefleet/environment';
import { freePort } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { certificateSettings } from '../config/certificate-policy.ts';
import { createLogger } from '../log.ts';
import { persistIssuers } from '../status/persist-issuers.ts';
import { openDns } from './open-dns.ts';

const { signal } = new AbortController();
const key = {
  name: 'acme',
  algorithm: 'hmac-sha256',
  secret: randomBytes(32).toString('base64'),
  mayUpdate: true,
} as const;

describeWithNamed('orders at Pebble, which asks BIND', () => {
  let named: Named;
  let pebble: Pebble;
  let folder: string;

  beforeAll(async () => {
    const tools = await ensureTools(['pebble', 'pebble-challtestsrv']);
    folder = await mkdtemp(join(tmpdir(), 'gatefleet-dns-orders-'));
    await mkdir(join(folder, 'secrets/dns'), { recursive: true });
    await writeFile(join(folder, 'secrets/dns/tsig'), `${key.secret}\n`, { mode: 0o600 });
    const ns = '@ IN NS ns1\nns1 IN A 127.0.0.1\n';
    const zones = {
      'example.com': `${ns}_acme-challenge.led IN CNAME led.acme.example.net.\n`,
      'acme.example.net': ns,
    };
    // It knows the zones and answers recursively, as the CA's resolver does: that follows CNAMEs.
    const forwards = { 'elsewhere.test': ['127.0.0.1'] };
    named = await startNamed({ address: '127.0.0.1', port: await freePort(), zones, keys: [key], forwards });
    pebble = await startPebble({
      pebble: tools.pebble.path,
      challtestsrv: tools['pebble-challtestsrv'].path,
      dnsServer: named.text,
      http01Port: await freePort(),
    });
  }, 900_000);
  afterAll(async () => {
    await Promise.all([pebble.stop(), named.stop()]);
    await rm(folder, { recursive: true });
  });

  /** An engine as an environment.yaml with this challenge makes it; time goes by where the test says. */
  function open(challenge: string) {
    const text = [
      'apiVersion: gatefleet.dev/v1alpha1',
      'kind: Environment',
      'metadata: { name: test }',
      'spec:',
      '  stage: development',
      '  cluster: { name: in-cluster }',
      '  domains: [example.com]',
      `  certificates: { email: platform@example.com, challenge: ${challenge} }`,
      '',
    ].join('\n');
    const parsed = parseEnvironment(text, 'overlays/test/environment.yaml');
    if (parsed.kind !== 'valid') throw new Error(JSON.stringify(parsed));
    const settings = certificateSettings(certificatePolicyOf(parsed.environment), folder);
    const memory = createMemoryAcme();
    const placed: string[] = [];
    let passedMs = 0;
    const engine = createEngine({
      issuers: [{ ca: connectCa({ directoryUrl: pebble.directoryUrl, caBundle: pebble.caBundle }) }],
      store: memory.store,
      publisher: memory.publisher,
      readiness: { ready: () => Promise.reject(new Error('nobody asks over HTTP')) },
      ...openDns(settings, { resolvers: [named.text], port: named.port }),
      epoch: 1,
      clock: { ...systemClock, now: () => new Date(Date.now() + passedMs) },
      onCheckpoint: (checkpoint, id) => {
        if (checkpoint === 'order-placed') placed.push(id);
      },
    });
    return { engine, placed, memory, pass: (milliseconds: number) => void (passedMs += milliseconds) };
  }

  const shown = async (fqdn: string): Promise<string[]> => {
    const asking = new Resolver();
    asking.setServers([named.text]);
    return (await asking.resolveTxt(fqdn).catch(() => [])).map((parts) => parts.join(''));
  };

  const hostsOf = (outcome: OrderOutcome) => {
    if (outcome.kind !== 'issued') throw new Error(JSON.stringify(outcome));
    return new X509Certificate(outcome.certificate.chain).subjectAltName?.split(', ').toSorted();
  };

  const rfc2136 = () =>
    `{ type: dns-01, rfc2136: { nameserver: '${named.text}', tsigKeyName: acme, tsigSecret: { name: dns, key: tsig } } }`;

  test('a wildcard, its base and a delegated name are issued by dns-01, and no record is left', async () => {
    const names = ['*.shop.example.com', 'shop.example.com', 'led.example.com'];
    const outcome = await open(rfc2136()).engine.run({ names, namespace: 'shop' }, signal);
    expect(hostsOf(outcome)).toEqual(names.map((name) => `DNS:${name}`).toSorted());
    expect(await shown('_acme-challenge.shop.example.com')).toEqual([]);
    expect(await shown('led.acme.example.net')).toEqual([]);
  }, 120_000);

  test('by dns-persist-01 an order says which records to set, and goes on once they are set', async () => {
    const { engine, placed, memory, pass } = open('{ type: dns-persist-01 }');
    const wish = { names: ['*.stay.example.com', 'stay.example.com'], namespace: 'shop' };
    const first = await engine.run(wish, signal);
    expect(first).toMatchObject({ kind: 'postponed', problem: { code: 'NOT_READY' } });
    const { hint = '' } = first.kind === 'postponed' ? first.problem : {};
    const lines = [...hint.matchAll(/(\S+)\. IN TXT "([^"]*)"/g)].map(([, fqdn = '', value = '']) => ({ fqdn, value }));
    const account = (await memory.store.accounts.list(signal))[0]?.record.url;
    const value = `pebble.letsencrypt.org; accounturi=${account}`;
    const issuers = await persistIssuers(
      {
        cas: [connectCa({ directoryUrl: pebble.directoryUrl, caBundle: pebble.caBundle })],
        accounts: memory.store.accounts,
        log: createLogger('fatal'),
      },
      signal,
    );
    // What the order's challenge names is told before there is an order.
    expect(issuers).toMatchObject([{ issuerDomains: ['pebble.letsencrypt.org'], accountUri: account }]);
    expect(lines.toSorted((a, b) => a.value.length - b.value.length)).toEqual([
      { fqdn: '_validation-persist.stay.example.com', value },
      { fqdn: '_validation-persist.stay.example.com', value: `${value}; policy=wildcard` },
    ]);

    const operator = createDnsProvider(
      {
        type: 'dns-01',
        rfc2136: {
          nameserver: named.text,
          tsigKeyName: key.name,
          tsigAlgorithm: key.algorithm,
          tsigSecret: { name: 'dns', key: 'tsig' },
        },
      },
      () => Promise.resolve(key.secret),
    );
    for (const line of lines) await operator.addTxt(line.fqdn, line.value, signal);
    pass(60_000);
    expect(hostsOf(await engine.run(wish, signal))).toEqual(['DNS:*.stay.example.com', 'DNS:stay.example.com']);
    expect(placed).toEqual([certificateId(wish.names)]);
    // They stay, for the next certificate.
    expect(await shown('_validation-persist.stay.example.com')).toHaveLength(2);
  }, 120_000);
});
