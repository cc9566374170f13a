import { expect, test } from '@jest/globals';
import type { Stand } from './support/stand.ts';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();

/** What was on its way when the first "too many" came back could not know of it. */
const ON_ITS_WAY_MS = 3_000;

function expectHeeded({ proxy }: Stand): void {
  expect(proxy.journal.withInjected('storm').length).toBeGreaterThan(0);
  const hasty = proxy.journal.hasty({ learnMs: ON_ITS_WAY_MS, graceMs: 100 });
  expect(hasty.filter(({ told }) => told.injected.kind === 'storm').map(({ entry }) => entry.path)).toEqual([]);
}

test('errors, broken connections and long waits at the CA lose no host, and "too many" is heeded', async () => {
  const at = await open({ nonceReject: 15 });
  const hosts = hostsOf(isLong ? 300 : 40);
  await at.want(hosts);
  at.proxy.setFaults({
    any: [
      { rate: 0.12, fault: { kind: 'server-error', status: 503, body: 'page' } },
      { rate: 0.08, fault: { kind: 'server-error', status: 500, body: 'problem' } },
      { rate: 0.03, fault: { kind: 'reset-after' } },
      { rate: 0.02, fault: { kind: 'reset-before' } },
      { rate: 0.01, fault: { kind: 'truncate', framing: 'broken' } },
      { rate: 0.01, fault: { kind: 'stall', milliseconds: isLong ? 30_000 : 2_000 } },
    ],
  });
  const startedAt = performance.now();
  await at.startReplica(0);
  await at.until('gatefleet/certificates/', (entries) => entries.length >= hosts.length / 6, PATIENCE_MS);
  at.proxy.startStorm({ until: Date.now() + 10_000 });
  await at.untilPublished(hosts, PATIENCE_MS);
  const { journal } = at.proxy;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const injected = Object.values(journal.faultCounts()).reduce((sum, count) => sum + count, 0);
  tellFigures({
    hosts: hosts.length,
    seconds,
    requests: journal.entries.length,
    injected,
    orders: journal.orders().length,
  });
  await expectOnce(at, hosts);
  await at.untilServed(hosts);
  expectHeeded(at);
});
