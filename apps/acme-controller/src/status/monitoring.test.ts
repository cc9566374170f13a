import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { alertQueries, panelQueries, readQuery } from '../testing/monitoring-queries.ts';
import { Metrics } from './metrics.ts';

const alerts = await alertQueries();
const panels = await panelQueries();
const { registry } = new Metrics();

/** Labels that a PodMonitor gives to everything, and that histograms have. */
const always = ['namespace', 'pod', 'le'];
/** What gateways and Consul export is asked of real ones; kube-state-metrics names these. */
const isOthers = (metric: string) => /^(traefik|consul)_/.test(metric) || kubeStateMetrics.includes(metric);
/** @see https://github.com/kubernetes/kube-state-metrics/blob/v2.17.0/docs/metrics/workload/cronjob-metrics.md */
const kubeStateMetrics = ['kube_cronjob_created', 'kube_cronjob_status_last_successful_time'];
const othersLabels = ['entrypoint', 'cronjob'];

function labelsOf(metric: string): readonly string[] | undefined {
  const own = registry.getSingleMetric(metric) ?? registry.getSingleMetric(metric.replace(/_(bucket|sum|count)$/, ''));
  return own === undefined ? undefined : (own as unknown as { labelNames: string[] }).labelNames;
}

test.each([...alerts, ...panels])('$where asks for what is exported: $expr', (query) => {
  const { metrics, labels } = readQuery(query);
  expect(metrics).not.toEqual([]);
  const known = metrics.flatMap((metric) => (isOthers(metric) ? othersLabels : (labelsOf(metric) ?? [metric])));
  const unknown = metrics.filter((metric) => !isOthers(metric) && labelsOf(metric) === undefined);
  expect(unknown).toEqual([]);
  expect(labels.filter((label) => !known.includes(label) && !always.includes(label))).toEqual([]);
});

test('each of our metrics is in an alert or a panel', () => {
  const asked = [...alerts, ...panels].flatMap((query) => readQuery(query).metrics);
  const exported = registry.getMetricsAsArray().map(({ name }) => name);
  const ours = exported.filter((name) => name.startsWith('gatefleet_'));
  const isAsked = (name: string) => asked.some((each) => each.replace(/_(bucket|sum|count)$/, '') === name);
  expect(ours.filter((name) => !isAsked(name))).toEqual([]);
});

test('what does not parse, or is not exported, is found', () => {
  expect(() => readQuery({ where: 'x', expr: 'sum by (a gatefleet_leader' })).toThrow('does not parse');
  expect(labelsOf('gatefleet_unknown')).toBeUndefined();
});

test('each alert says what to do in the page for operators, and none is told of that is not there', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/operations/certificates.md'), 'utf8');
  const told = new Set(page.match(/`Gatefleet\w+`/g)?.map((name) => name.slice(1, -1)));
  expect([...told].sort()).toEqual([...new Set(alerts.map(({ where }) => where))].sort());
});
