import type { Environment } from '@gatefleet/environment';
import { isMapping, type Base, type Manifest, type Value } from './base.ts';
import { difference } from './difference.ts';
import { generatedFile } from './generated-file.ts';
import { certificatePatches } from './intent/certificates.ts';
import { componentsOf, gatewayPatches, scaleOf, type Scale } from './intent/gateway.ts';
import { storePatches } from './intent/store.ts';
import type { Patch } from './patch.ts';

/** Generated files by path: what is to be, and nothing of how it is now. */
export type FilePlan = ReadonlyMap<string, string>;

const scaleFields = ['spec.gateway.workload', 'spec.gateway.replicas', 'spec.gateway.autoscaling'];

export interface OverlayFacts {
  /** Whether the user has a Component of their own in custom/. */
  readonly hasCustom: boolean;
}

/**
 * The files of an environment's overlay, by path inside its folder.
 *
 * @throws OverlayError `PATCH_TARGET_MISSING` where the base lacks what the environment decides.
 */
export function planOverlay(environment: Environment, base: Base, { hasCustom }: OverlayFacts): FilePlan {
  const { name } = environment.metadata;
  const command = `gatefleet generate ${name}`;
  const scale = scaleOf(environment.spec.gateway);
  const patches = [
    ...certificatePatches(environment.spec),
    ...storePatches(environment.spec.store),
    ...gatewayPatches(environment.spec.gateway),
  ]
    .map((patch) => planPatch(patch, base))
    .filter((planned) => planned !== undefined);

  const components = [
    ...componentsOf(scale).map((trait) => `../../base/components/${trait}`),
    ...(hasCustom ? ['custom'] : []),
  ];
  const replicas = replicasOf(scale, base);
  const kustomization: Manifest = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['../../base'],
    ...(components.length > 0 && { components }),
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

interface PlannedPatch {
  readonly path: string;
  readonly fields: readonly string[];
  readonly content: Value;
  /** How kustomization.yaml names it. */
  readonly entry: Manifest;
}

function planPatch(patch: Patch, base: Base): PlannedPatch | undefined {
  const object = base.get(patch.target.kind, patch.target.name);
  const { fields } = patch;
  const path = `patches/${patch.target.name}-${patch.purpose}.yaml`;
  if (patch.kind === 'json') {
    const changed = patch.values.filter(({ path: pointer, value }) => valueAt(object, pointer) !== value);
    if (changed.length === 0) return undefined;
    const { group, kind, name } = patch.target;
    const content = changed.map(({ path: pointer, value }) => ({ op: 'add', path: pointer, value }));
    return { path, fields, content, entry: { path, target: { group, kind, name } } };
  }
  const { apiVersion, kind, metadata, ...wanted } = patch.wanted;
  const { name, namespace, ...moreMetadata } = metadata as Manifest;
  const rest = difference({ metadata: moreMetadata, ...wanted }, object);
  if (rest === undefined || apiVersion === undefined || kind === undefined || name === undefined) return undefined;
  const { metadata: restMetadata, ...restSpec } = rest;
  const content: Manifest = {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(isMapping(restMetadata) ? restMetadata : {}) },
    ...restSpec,
  };
  return { path, fields, content, entry: { path } };
}

/** With an autoscaler it is the number to begin with. */
function replicasOf(scale: Scale, base: Base): number | undefined {
  if (scale.kind === 'everyNode') return undefined;
  const wanted = scale.kind === 'fixed' ? scale.replicas : scale.min;
  return valueAt(base.get('Deployment', 'traefik'), '/spec/replicas') === wanted ? undefined : wanted;
}

function valueAt(object: Manifest, pointer: string): Value | undefined {
  return pointer
    .split('/')
    .slice(1)
    .reduce<Value | undefined>((value, step) => {
      if (Array.isArray(value)) return (value as readonly Value[])[Number(step)];
      return isMapping(value) ? value[step] : undefined;
    }, object);
}
