import type { Environment } from '@gatefleet/environment';
import type { Patch } from '../patch.ts';
import { sorted } from './sorted.ts';

/** Labels by which a Prometheus selects what it scrapes, and the alerts that it raises. */
export function monitoringPatches({ podMonitors, labels }: Environment['spec']['monitoring']): readonly Patch[] {
  if (!podMonitors) return [];
  const told = [
    ...['acme-controller', 'consul', 'traefik'].map((name) => ({ kind: 'PodMonitor', name })),
    { kind: 'PrometheusRule', name: 'gatefleet' },
  ];
  return told.map(({ kind, name }) => ({
    kind: 'merge',
    fields: ['spec.monitoring.labels'],
    purpose: 'monitoring',
    wanted: {
      apiVersion: 'monitoring.coreos.com/v1',
      kind,
      metadata: { name, labels: sorted(labels) },
    },
  }));
}
