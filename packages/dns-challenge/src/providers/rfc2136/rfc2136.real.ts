import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { freePort } from '@gatefleet/test-programs';
import { systemClock, type Clock } from '../../clock.ts';
import { ask } from '../../dns/ask.ts';
import { testDnsProvider } from '../../dns-provider.contract.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { describeWithNamed, startNamed, type Named, type NamedKey } from '../../testing/named.ts';
import { rfc2136 } from './rfc2136.ts';

jest.setTimeout(60_000);

const { signal } = new AbortController();
const secret = (octets: number) => randomBytes(octets).toString('base64');
const keys = [
  { name: 'acme', algorithm: 'hmac-sha256', secret: secret(32), mayUpdate: true },
  { name: 'acme-384', algorithm: 'hmac-sha384', secret: secret(48), mayUpdate: true },
  { name: 'acme-512.example', algorithm: 'hmac-sha512', secret: secret(64), mayUpdate: true },
  { name: 'reader', algorithm: 'hmac-sha256', secret: secret(32), mayUpdate: false },
] as const satisfies readonly NamedKey[];
const [acme, , , reader] = keys;

describeWithNamed('BIND', () => {
  let named: Named;
  beforeAll(async () => {
    const zones = {
      'example.com': `@ IN NS ns1\nns1 IN A 127.0.0.1\nfar IN NS ns.elsewhere.example.`,
      ...Object.fromEntries(
        keys.flatMap(({ algorithm }) =>
          [`${algorithm}.example.com`, `sub.${algorithm}.example.com`].map((zone) => [
            zone,
            '@ IN NS ns1.example.com.',
          ]),
        ),
      ),
    };
    named = await startNamed({ address: '127.0.0.1', port: await freePort(), zones, keys });
  });
  afterAll(() => named.stop());

  const providerWith = (
    key: Pick<NamedKey, 'name' | 'algorithm' | 'secret'>,
    { clock = systemClock, port = named.port }: { clock?: Clock; port?: number } = {},
  ) =>
    rfc2136({
      server: { host: named.address, port },
      keyName: key.name,
      algorithm: key.algorithm,
      secret: async () => key.secret,
      clock,
    });

  async function valuesAt(fqdn: string): Promise<readonly string[]> {
    const server = { host: named.address, port: named.port };
    const { answers } = await ask(server, { name: fqdn, type: 'TXT' }, { isRecursive: false }, signal);
    return answers.map(({ value }) => value);
  }

  describe.each(keys.filter(({ mayUpdate }) => mayUpdate))('with a key for $algorithm', (key) => {
    testDnsProvider('rfc2136', { knowsZones: true }, async () => {
      const other = { ...key, secret: secret(32) };
      return {
        provider: providerWith(key),
        zone: `${key.algorithm}.example.com`,
        valuesAt,
        put: (fqdn, value) => providerWith(acme).addTxt(fqdn, value, signal),
        stranger: providerWith(other),
        secrets: [key.secret, other.secret],
      };
    });
  });

  test.each<{ given: string; key?: typeof acme | typeof reader; name?: string; fqdn?: string; code: string }>([
    { given: 'a key that the server does not know', name: 'nobody', code: 'BAD_CREDENTIALS' },
    { given: 'a key that may not update', key: reader, code: 'FORBIDDEN' },
    { given: 'a name outside of its zones', fqdn: '_acme-challenge.elsewhere.example', code: 'NO_ZONE' },
    { given: 'a name that it delegates', fqdn: '_acme-challenge.a.far.example.com', code: 'NO_ZONE' },
  ])('given $given, the error is $code', async ({ key = acme, name = key.name, fqdn, code }) => {
    const adding = providerWith({ ...key, name }).addTxt(fqdn ?? '_acme-challenge.b.example.com', 'one', signal);
    await expect(adding).rejects.toMatchObject({ name: 'DnsChallengeError', code });
  });

  test('given a clock that is an hour late, the error shows the server’s', async () => {
    const clock = new ManualClock(Date.now() - 3_600_000);
    const adding = providerWith(acme, { clock }).addTxt('_acme-challenge.c.example.com', 'one', signal);
    await expect(adding).rejects.toMatchObject({
      code: 'BAD_CREDENTIALS',
      message: expect.stringMatching(/BADTIME; its clock says \d{4}-/),
      hint: 'set the clocks right',
    });
  });

  test('given no server, the error says so', async () => {
    const port = await freePort();
    const adding = providerWith(acme, { port }).addTxt('_acme-challenge.d.example.com', 'one', signal);
    await expect(adding).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  test('where TCP is closed, it goes over UDP', async () => {
    const front = createSocket('udp4').bind(0, '127.0.0.1');
    await once(front, 'listening');
    // A datagram there, a datagram back: no more than a door to the real server.
    front.on('message', (question, asker) => {
      const back = createSocket('udp4');
      back.once('message', (answer) => front.send(answer, asker.port, asker.address, () => back.close()));
      back.send(question, named.port, named.address);
    });
    const fqdn = '_acme-challenge.e.example.com';
    await providerWith(acme, { port: front.address().port }).addTxt(fqdn, 'one', signal);
    front.close();
    expect(await valuesAt(fqdn)).toEqual(['one']);
  });
});
