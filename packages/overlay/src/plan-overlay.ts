import { dirname } from 'node:path/posix';
import { certificatePolicyOf, type Environment } from '@gatefleet/environment';
import type { Base } from './base.ts';
import { isMapping, type Manifest, type Value } from './manifest.ts';
import { generatedFile } from './generated-file.ts';
import { admissionPatches } from './intent/admission.ts';
import { backupPatches } from './intent/backup.ts';
import { certificatePatches } from './intent/certificates.ts';
import { gatewayPatches } from './intent/gateway.ts';
import { scaleOf, type Scale } from './intent/scale.ts';
import { monitoringPatches } from './intent/monitoring.ts';
import { networkPatches } from './intent/network.ts';
import { baseNamespace, namespacePatches } from './intent/namespace.ts';
import { storePatches } from './intent/store.ts';
import type { OverlayFacts } from './read-facts.ts';
import { resolvePatch } from './resolve-patch.ts';
import { versionFile } from './version.ts';

/** Generated files by path: what is to be, and nothing of how it is now. */
export type FilePlan = ReadonlyMap<string, string>;

const policyFile = 'config/certificate-policy.yaml';
const policyFields = ['spec.certificates', 'spec.domains', 'spec.tenancy', 'metadata.name'];

/**
 * The files of an environment's overlay, by path inside its folder.
 *
 * @throws OverlayError `PATCH_TARGET_MISSING` where the base lacks what the environment decides.
 */
export function planOverlay(environment: Environment, base: Base, facts: OverlayFacts): FilePlan {
  const { metadata, spec } = environment;
  const command = `gatefleet generate ${metadata.name}`;
  const scale = scaleOf(spec.gateway);
  const switchedOn = componentsOf(spec, scale);
  const effective = base.with(switchedOn.map(({ name }) => name));
  const patches = [
    ...namespacePatches(spec.namespace, spec.gateway.workload),
    ...certificatePatches(spec.certificates),
    ...storePatches(spec.store),
    ...backupPatches(spec.store),
    ...gatewayPatches(spec.gateway),
    ...monitoringPatches(spec.monitoring),
    ...networkPatches(spec.cluster, spec.certificates),
    ...admissionPatches(spec),
  ]
    .map((patch) => resolvePatch(patch, effective))
    .filter((planned) => planned !== undefined);

  const components = [
    ...switchedOn.map(({ name }) => `../../base/components/${name}`),
    ...spec.components,
    ...(facts.hasCustom ? ['custom'] : []),
    dirname(versionFile), // last, so that nothing brings another version in after it
  ];
  const replicas = replicasOf(scale, effective);
  const kustomization: Manifest = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: spec.namespace,
    resources: ['../../base'],
    components,
    configMapGenerator: [
      {
        name: 'certificate-policy',
        files: [policyFile],
        // The controller may patch ConfigMaps, and must not change what it may do.
        options: { immutable: true, labels: { 'app.kubernetes.io/part-of': 'gatefleet' } },
      },
    ],
    ...(replicas !== undefined && { replicas: [{ name: 'traefik', count: replicas }] }),
    ...(patches.length > 0 && { patches: patches.map(({ entry }) => entry) }),
  };
  const fields = [
    ...(replicas === undefined ? [] : ['spec.gateway.replicas']),
    ...switchedOn.map(({ field }) => field),
    ...(spec.components.length === 0 ? [] : ['spec.components']),
    ...(spec.namespace === baseNamespace ? [] : ['spec.namespace']),
  ];
  const policy = certificatePolicyOf(environment) as unknown as Value;
  return new Map([
    ['kustomization.yaml', generatedFile({ source: 'environment.yaml', fields, command }, kustomization)],
    [policyFile, generatedFile({ source: '../environment.yaml', fields: policyFields, command }, policy)],
    ...patches.map(({ path, fields: decisive, content }): [string, string] => [
      path,
      generatedFile({ source: '../environment.yaml', fields: decisive, command }, content),
    ]),
  ]);
}

interface SwitchedOn {
  /** Of a folder in base/components. */
  readonly name: string;
  readonly field: string;
}

/** In the order in which they build on each other. */
function componentsOf(
  { certificates, gateway, monitoring, store }: Environment['spec'],
  scale: Scale,
): readonly SwitchedOn[] {
  return [
    ...(scale.kind === 'everyNode' ? [{ name: 'daemonset', field: 'spec.gateway.workload' }] : []),
    ...(scale.kind === 'autoscaled' ? [{ name: 'autoscaling', field: 'spec.gateway.autoscaling' }] : []),
    ...(gateway.exposure.type === 'HostPorts' ? [{ name: 'host-ports', field: 'spec.gateway.exposure.type' }] : []),
    ...(certificates.onDemand === undefined ? [] : [{ name: 'on-demand', field: 'spec.certificates.onDemand' }]),
    ...(store.backup.enabled ? [{ name: 'backup', field: 'spec.store.backup.enabled' }] : []),
    ...(monitoring.podMonitors ? [{ name: 'monitoring', field: 'spec.monitoring.podMonitors' }] : []),
  ];
}

/** With an autoscaler it is the number to begin with. */
function replicasOf(scale: Scale, base: Base): number | undefined {
  if (scale.kind === 'everyNode') return undefined;
  const wanted = scale.kind === 'fixed' ? scale.replicas : scale.autoscaling.min;
  const { spec } = base.get('Deployment', 'traefik').object;
  return isMapping(spec) && spec['replicas'] === wanted ? undefined : wanted;
}
