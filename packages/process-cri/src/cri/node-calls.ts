import { isIPv4 } from 'node:net';
import type { Runtime } from '../runtime.ts';
import type { Handler } from './server.ts';

export const runtimeName = 'process-cri';
export const runtimeVersion = '0.1.0';

const noLimits = 'resource limits are not enforced: there are no cgroups here';
const oneId = 'only id 0 exists here: containers of another user or group are refused unless allowSingleId is set';

export function nodeCalls(runtime: Runtime): Record<string, Handler> {
  return {
    Version: () => ({
      version: '0.1.0',
      runtime_name: runtimeName,
      runtime_version: runtimeVersion,
      runtime_api_version: 'v1',
    }),
    Status: ({ verbose }: { verbose: boolean }) => ({
      status: {
        conditions: [
          { type: 'RuntimeReady', status: true },
          { type: 'NetworkReady', status: true },
        ],
      },
      runtime_handlers: [{ name: '', features: { recursive_read_only_mounts: true, user_namespaces: false } }],
      features: { supplemental_groups_policy: true },
      info: verbose
        ? {
            podCidr: runtime.sandboxes.podCidr,
            catalogue: runtime.catalogue.file,
            notes: [noLimits, ...(runtime.config.ids === 'single' ? [oneId] : [])].join('\n'),
          }
        : {},
    }),
    RuntimeConfig: () => ({ linux: { cgroup_driver: 'CGROUPFS' } }),
    UpdateRuntimeConfig: ({
      runtime_config: asked,
    }: {
      runtime_config: { network_config: { pod_cidr: string } | null } | null;
    }) => {
      // Dual stack gives two ranges; Pods here have one IPv4 address.
      const range = asked?.network_config?.pod_cidr.split(',').find((part) => isIPv4(part.split('/')[0] ?? ''));
      if (range !== undefined) runtime.sandboxes.podCidr = range;
      return {};
    },
  };
}
