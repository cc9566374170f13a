import { posix } from 'node:path';
import { formatYaml } from '@gatefleet/kustomize';
import type { Tree } from '@nx/devkit';
import { isSeq, parseDocument } from 'yaml';
import { kustomizationIn, newFolder } from './folder-name.ts';
import { deploymentManifest, serviceManifest, type Workload } from './workload.ts';

export interface BaseOptions extends Workload {
  readonly directory?: string;
}

/** Makes a base of one workload, and names it in the kustomization above, if there is one. @throws NxKustomizeError */
export default function baseGenerator(tree: Tree, options: BaseOptions): void {
  const { name, directory = 'base' } = options;
  const folder = newFolder(tree, directory, name);
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: ['deployment.yaml', 'service.yaml'],
  };
  tree.write(`${folder}/kustomization.yaml`, formatYaml(kustomization));
  tree.write(`${folder}/deployment.yaml`, formatYaml(deploymentManifest(options)));
  tree.write(`${folder}/service.yaml`, formatYaml(serviceManifest(options)));

  const above = kustomizationIn(tree, posix.dirname(folder));
  if (above === undefined) return;
  // As a document, so that its comments stay.
  const document = parseDocument(tree.read(above, 'utf8') ?? '');
  if (isSeq(document.get('resources'))) document.addIn(['resources'], name);
  else document.set('resources', [name]);
  tree.write(above, document.toString({ lineWidth: 0 }));
}
