import { dirname } from 'node:path/posix';
import type { Environment } from '@gatefleet/environment';
import { isMapping, type Base, type Manifest } from './base.ts';
import { generatedFile } from './generated-file.ts';
import { certificatePatches } from './intent/certificates.ts';
import { componentsOf, gatewayPatches, scaleOf, type Scale } from './intent/gateway.ts';
import { storePatches } from './intent/store.ts';
import type { OverlayFacts } from './read-facts.ts';
import { resolvePatch } from './resolve-patch.ts';
import { versionFile } from './version.ts';

/** Generated files by path: what is to be, and nothing of how it is now. */
export type FilePlan = ReadonlyMap<string, string>;

const scaleFields = ['spec.gateway.workload', 'spec.gateway.replicas', 'spec.gateway.autoscaling'];

/**
 * The files of an environment's overlay, by path inside its folder.
 *
 * @throws OverlayError `PATCH_TARGET_MISSING` where the base lacks what the environment decides.
 */
export function planOverlay(environment: Environment, base: Base, { hasCustom }: OverlayFacts): FilePlan {
  const { name } = environment.metadata;
  const command = `gatefleet generate ${name}`;
  const scale = scaleOf(environment.spec.gateway);
  const effective = base.with(componentsOf(scale));
  const patches = [
    ...certificatePatches(environment.spec),
    ...storePatches(environment.spec.store),
    ...gatewayPatches(environment.spec.gateway),
  ]
    .map((patch) => resolvePatch(patch, effective))
    .filter((planned) => planned !== undefined);

  const components = [
    ...componentsOf(scale).map((trait) => `../../base/components/${trait}`),
    ...(hasCustom ? ['custom'] : []),
    dirname(versionFile), // last, so that nothing brings another version in after it
  ];
  const replicas = replicasOf(scale, effective);
  const kustomization: Manifest = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../base'],
    components,
    ...(replicas !== undefined && { replicas: [{ name: 'traefik', count: replicas }] }),
    ...(patches.length > 0 && { patches: patches.map(({ entry }) => entry) }),
  };
  return new Map([
    ['kustomization.yaml', generatedFile({ source: 'environment.yaml', fields: scaleFields, command }, kustomization)],
    ...patches.map(({ path, fields, content }): [string, string] => [
      path,
      generatedFile({ source: '../environment.yaml', fields, command }, content),
    ]),
  ]);
}

/** With an autoscaler it is the number to begin with. */
function replicasOf(scale: Scale, base: Base): number | undefined {
  if (scale.kind === 'everyNode') return undefined;
  const wanted = scale.kind === 'fixed' ? scale.replicas : scale.min;
  const { spec } = base.get('Deployment', 'traefik').object;
  return isMapping(spec) && spec['replicas'] === wanted ? undefined : wanted;
}
