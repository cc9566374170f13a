import type { Manifest, Value } from '../manifest.ts';
import type { MergePatch, Patch, Step } from '../patch.ts';
import type { Gateway } from './scale.ts';
import { workloadResources } from './resources.ts';
import { sorted } from './sorted.ts';

/** Where gateways run, with what, and how one version follows another: one patch a purpose. */
export function podPatches(gateway: Gateway): readonly Patch[] {
  return [
    workloadResources(gateway.workload, 'traefik', 'spec.gateway.resources', gateway.resources),
    placement(gateway),
    ...(gateway.workload === 'Deployment' ? [spread(gateway)] : []),
    rollout(gateway),
    ...(gateway.exposure.type === 'HostPorts' ? [hostPorts(gateway)] : []),
  ];
}

function patch({ workload }: Gateway, purpose: string, fields: readonly string[], spec: Manifest): MergePatch {
  return {
    kind: 'merge',
    fields: fields.map((field) => `spec.gateway.${field}`),
    purpose,
    wanted: { apiVersion: 'apps/v1', kind: workload, metadata: { name: 'traefik' }, spec },
  };
}

function placement(gateway: Gateway): Patch {
  const { nodeSelector, tolerations } = gateway;
  return patch(gateway, 'placement', ['nodeSelector', 'tolerations'], {
    template: {
      spec: { nodeSelector: sorted(nodeSelector), tolerations: tolerations.map(defined) },
    },
  });
}

/** A merge patch would keep the base's constraint beside another one for the same topology. */
function spread({ workload, spread: { nodes, zones } }: Gateway): Patch {
  const path: readonly Step[] = ['spec', 'template', 'spec', 'topologySpreadConstraints'];
  return {
    kind: 'json',
    fields: ['spec.gateway.spread'],
    purpose: 'spread',
    target: { group: 'apps', kind: workload, name: 'traefik' },
    values: [
      {
        path,
        value: [...constraints('kubernetes.io/hostname', nodes), ...constraints('topology.kubernetes.io/zone', zones)],
      },
    ],
  };
}

function constraints(topologyKey: string, strength: Gateway['spread']['nodes']): readonly Manifest[] {
  if (strength === 'off') return [];
  return [
    {
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: strength === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
      // A node that gateways do not bear would count as empty for ever, and hold every other at one.
      ...(strength === 'required' && { nodeTaintsPolicy: 'Honor' }),
      matchLabelKeys: ['pod-template-hash'],
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
    },
  ];
}

function rollout(gateway: Gateway): Patch {
  const field = gateway.workload === 'DaemonSet' ? 'updateStrategy' : 'strategy';
  return patch(gateway, 'rollout', ['rollout', 'exposure.type'], {
    [field]: { type: 'RollingUpdate', rollingUpdate: rolloutOf(gateway) },
  });
}

/**
 * A new gateway starts before an old one ends, except where both need the same port of a node. Of a DaemonSet exactly one of the two is
 * not 0, so there what is written decides the other.
 *
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go (ValidateRollingUpdateDaemonSet)
 */
function rolloutOf({ workload, exposure, rollout: { maxSurge, maxUnavailable } }: Gateway): Manifest {
  const isOneOnly = workload === 'DaemonSet';
  const surges = exposure.type !== 'HostPorts' && !(isOneOnly && isSome(maxUnavailable));
  const surge = maxSurge ?? (surges ? 1 : 0);
  return { maxUnavailable: maxUnavailable ?? (isSome(surge) ? 0 : 1), maxSurge: surge };
}

function isSome(count: string | number | undefined): boolean {
  return count !== undefined && count !== 0 && count !== '0%';
}

function hostPorts(gateway: Gateway): Patch {
  const { http = 80, https = 443 } = gateway.exposure.hostPorts ?? {};
  const port = (containerPort: number, hostPort: number): Manifest => ({ containerPort, protocol: 'TCP', hostPort });
  return patch(gateway, 'host-ports', ['exposure.hostPorts', 'exposure.type'], {
    template: { spec: { containers: [{ name: 'traefik', ports: [port(8000, http), port(8443, https)] }] } },
  });
}

function defined(mapping: Readonly<Record<string, string | undefined>>): Manifest {
  return Object.fromEntries(
    Object.entries(mapping).filter((entry): entry is [string, Value & string] => entry[1] !== undefined),
  );
}
