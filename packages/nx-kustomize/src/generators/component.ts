import { formatYaml } from '@gatefleet/kustomize';
import type { Tree } from '@nx/devkit';
import { newFolder } from './folder-name.ts';

export interface ComponentOptions {
  readonly name: string;
  /** Kind of the object that it changes. */
  readonly kind: string;
  /** Name of that object. */
  readonly target: string;
  readonly apiVersion?: string;
  readonly directory?: string;
}

/** Makes a Component with a patch for one object, which is to be filled in. @throws NxKustomizeError */
export default function componentGenerator(tree: Tree, options: ComponentOptions): void {
  const { name, kind, target, apiVersion = 'apps/v1', directory = 'base/components' } = options;
  const folder = newFolder(tree, directory, name);
  const patch = `${target}-${name}.yaml`;
  const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', patches: [{ path: patch }] };
  tree.write(`${folder}/kustomization.yaml`, formatYaml(component));
  tree.write(
    `${folder}/${patch}`,
    `${formatYaml({ apiVersion, kind, metadata: { name: target } })}# Below: what ${name} changes in it.\n`,
  );
}
