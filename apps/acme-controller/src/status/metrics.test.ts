import type { CertificatePlan, Decision, LedgerStore } from '@gatefleet/acme';
import { letsEncryptDirectory } from '@gatefleet/ca-limits';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { LedgerMetrics } from './ledger-metrics.ts';
import { LifeMetrics } from './life-metrics.ts';
import { Metrics } from './metrics.ts';

const until = new Date('2026-06-01T00:00:00.000Z');
const plan = (id: string, decision: Decision): CertificatePlan => ({
  id,
  names: [`${id}.example.com`],
  owners: ['shop/web'],
  namespace: 'shop',
  ...decision,
});

test('each certificate counts in one state, and what a limit holds up under that limit', async () => {
  const metrics = new Metrics();
  metrics.planned(
    [
      plan('a', { kind: 'wait', reason: 'Valid', until }),
      plan('b', { kind: 'wait', reason: 'BackingOff', until }),
      plan('c', { kind: 'wait', reason: 'CaUnavailable', until }),
      plan('d', { kind: 'wait', reason: 'RateLimited', until, bucket: 'domain/example.com', position: 1 }),
      plan('e', { kind: 'issue', reason: 'NoCertificate' }),
      plan('f', { kind: 'resume' }),
    ],
    new Set(['f']),
  );
  const text = await metrics.registry.metrics();
  for (const line of [
    'gatefleet_certificates{state="valid"} 1',
    'gatefleet_certificates{state="failed"} 1',
    'gatefleet_certificates{state="waiting"} 3',
    'gatefleet_certificates{state="issuing"} 1',
    'gatefleet_certificates_queued{limit="domain"} 1',
    `gatefleet_queue_ends_timestamp_seconds ${until.getTime() / 1_000}`,
    `gatefleet_next_renewal_timestamp_seconds ${until.getTime() / 1_000}`,
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  metrics.leading(false);
  const standby = await metrics.registry.metrics();
  expect(standby).not.toContain('gatefleet_certificates_queued{');
  expect(standby).toContain('gatefleet_queue_ends_timestamp_seconds 0\n');
});

test('each stage of an order is timed once, and only of orders that run', async () => {
  const metrics = new Metrics();
  metrics.reached('prepared', 'a');
  metrics.orderRuns('a');
  for (const checkpoint of ['prepared', 'order-placed', 'published'] as const) metrics.reached(checkpoint, 'a');
  metrics.orderEnded('a', 'issued', 1_000);
  metrics.reached('prepared', 'a');
  const text = await metrics.registry.metrics();
  for (const checkpoint of ['prepared', 'order-placed', 'published']) {
    expect(text).toContain(`gatefleet_order_stage_duration_seconds_count{checkpoint="${checkpoint}"} 1\n`);
  }
  expect(text).toContain('gatefleet_orders_placed_total 1\n');
});

test('the certificate that is nearest to its end counts, by the share of its life', async () => {
  const registry = new Registry();
  let now = Date.parse('2026-01-31T00:00:00.000Z');
  const lives = new LifeMetrics(registry, () => now);
  const told = async () =>
    Object.fromEntries(
      (await registry.getMetricsAsJSON()).map(({ name, values }) => [
        name.slice('gatefleet_'.length),
        values[0]?.value,
      ]),
    );
  expect(await told()).toEqual({ certificate_life_left_min_ratio: 1, first_expiry_timestamp_seconds: 0 });
  lives.served([
    { notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2026-03-02T00:00:00.000Z' },
    { notBefore: '2026-01-30T00:00:00.000Z', notAfter: '2026-02-09T00:00:00.000Z' },
  ]);
  const first = Date.parse('2026-02-09T00:00:00.000Z') / 1_000;
  expect(await told()).toEqual({ certificate_life_left_min_ratio: 0.5, first_expiry_timestamp_seconds: first });
  now = Date.parse('2026-02-09T00:00:00.000Z');
  expect(await told()).toMatchObject({ certificate_life_left_min_ratio: 0 });
});

test('what is left of a CA’s orders grows by itself, and what it blocked is counted until then', async () => {
  const registry = new Registry();
  let now = 1_000_000;
  const ledger = new LedgerMetrics(registry, () => now);
  const store: LedgerStore = { load: async () => new Map(), write: async () => 'written' };
  const signal = new AbortController().signal;
  const observed = ledger.observed(letsEncryptDirectory, store);
  await observed.load(signal);
  const label = `{ca="${letsEncryptDirectory}"}`;
  expect(await registry.metrics()).toContain(`gatefleet_ledger_orders_left${label} 300\n`);
  const changes = new Map([
    ['new-orders', { tokens: 10, at: now }],
    ['domain/example.com', { tokens: 1, at: now + 5_000, blockedUntil: now + 5_000 }],
    ['domain/example.org', { tokens: 1, at: now }],
  ]);
  await observed.write(changes, signal);
  const text = await registry.metrics();
  expect(text).toContain(`gatefleet_ledger_orders_left${label} 10\n`);
  expect(text).toContain(`gatefleet_ledger_buckets_blocked${label} 1\n`);
  now += 72_000;
  const later = await registry.metrics();
  expect(later).toContain(`gatefleet_ledger_orders_left${label} 12\n`);
  expect(later).toContain(`gatefleet_ledger_buckets_blocked${label} 0\n`);
});
