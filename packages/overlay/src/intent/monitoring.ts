import type { Environment } from '@gatefleet/environment';
import type { Patch } from '../patch.ts';
import { sorted } from './sorted.ts';

/** Labels by which a Prometheus selects what it is told of. */
export function monitoringPatches({ podMonitors, labels }: Environment['spec']['monitoring']): readonly Patch[] {
  if (!podMonitors) return [];
  return ['acme-controller', 'consul', 'traefik'].map((name) => ({
    kind: 'merge',
    fields: ['spec.monitoring.labels'],
    purpose: 'monitoring',
    wanted: {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name, labels: sorted(labels) },
    },
  }));
}
