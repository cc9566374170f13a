import { createHash } from 'node:crypto';
import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { DnsAnswer, DnsChallenges } from './ports.ts';
import { crashAt, signal, useIssuing } from './testing/issuing.ts';

const issuing = useIssuing();

/** The DNS that Pebble asks: pebble-challtestsrv, by its own API. */
class TestDns implements DnsChallenges {
  readonly set = new Map<string, Set<string>>();
  readonly #management: string;

  constructor(management: string) {
    this.#management = management;
  }

  async present(answers: readonly DnsAnswer[]): Promise<void> {
    for (const answer of answers) {
      const { fqdn, value } = recordOf(answer);
      const values = this.set.get(fqdn) ?? new Set();
      if (values.has(value)) continue;
      this.set.set(fqdn, values.add(value));
      await this.#post('set-txt', { host: `${fqdn}.`, value });
    }
  }

  async remove(answers: readonly DnsAnswer[]): Promise<void> {
    for (const answer of answers) {
      const { fqdn, value } = recordOf(answer);
      this.set.get(fqdn)?.delete(value);
      await this.#post('clear-txt', { host: `${fqdn}.` });
    }
  }

  async #post(path: string, body: object): Promise<void> {
    await fetch(`${this.#management}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  }
}

function recordOf({ host, keyAuthorization }: DnsAnswer) {
  const value = createHash('sha256').update(keyAuthorization).digest('base64url');
  return { fqdn: `_acme-challenge.${host.replace(/^\*\./, '')}`, value };
}

test('a wildcard and its base are proven by DNS, in one certificate, and no record is left', async () => {
  const { engine, pebble, memory } = issuing();
  const dns = new TestDns(pebble.dnsManagement);
  const names = ['*.wild.example.org', 'wild.example.org'];
  const outcome = await engine({ dns }).run({ names, namespace: 'shop' }, signal);
  if (outcome.kind !== 'issued') throw new Error(JSON.stringify(outcome));
  const leaf = new X509Certificate(outcome.certificate.chain);
  expect(leaf.checkHost('any.wild.example.org')).toBeDefined();
  expect(leaf.checkHost('wild.example.org')).toBeDefined();
  expect([...dns.set.values()].map(({ size }) => size)).toEqual([0]);
  expect(await memory.store.challenges.list(signal)).toEqual([]);
});

test.each(['tokens-saved', 'challenges-published', 'responders-ready'] as const)(
  'a process that ended at "%s" leaves nothing in DNS once the next one has finished',
  async (broken) => {
    const { engine, names, pebble, ordersAtCa } = issuing();
    const dns = new TestDns(pebble.dnsManagement);
    const wish = { names, namespace: 'shop' };
    await expect(engine({ dns, onCheckpoint: crashAt(broken) }).run(wish, signal)).rejects.toThrow(broken);
    expect(await engine({ dns, epoch: 2 }).run(wish, signal)).toMatchObject({ kind: 'issued' });
    expect([...dns.set.values()].every(({ size }) => size === 0)).toBe(true);
    expect(await ordersAtCa()).toHaveLength(1);
  },
);

test('records that cannot be set put the order off, and say why', async () => {
  const { engine, names } = issuing();
  const dns: DnsChallenges = {
    present: () => Promise.reject(new Error('the zone is not ours')),
    remove: () => Promise.resolve(),
  };
  expect(await engine({ dns }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'postponed',
    problem: { code: 'NOT_READY', message: expect.stringContaining('the zone is not ours') },
  });
});
