import type { Environment } from '@gatefleet/environment';
import type { Patch } from '../patch.ts';

/** Compute resources of the container that is named like its workload. */
export function workloadResources(
  kind: string,
  name: string,
  field: string,
  { requests, limits }: Environment['spec']['store']['resources'],
): Patch {
  const resources = {
    requests: { cpu: requests.cpu, memory: requests.memory },
    limits: { memory: limits.memory },
  };
  return {
    kind: 'merge',
    fields: [field],
    purpose: 'resources',
    wanted: {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name },
      spec: { template: { spec: { containers: [{ name, resources }] } } },
    },
  };
}
