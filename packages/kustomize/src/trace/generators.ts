import { isMapping, type Kustomization } from '../kustomization.ts';
import type { Path } from '../source-file.ts';
import { entryLayer } from './layer.ts';
import { TracedResource } from './traced-resource.ts';

/**
 * The ConfigMap or Secret that an entry of a generator makes; undefined where it merges into one that is there, or replaces it.
 *
 * @param at - `['configMapGenerator', 0]`
 */
export function generatedResource(
  { document, content }: Kustomization,
  at: Path,
  generator: unknown,
  resources: readonly TracedResource[],
): TracedResource | undefined {
  if (!isMapping(generator) || typeof generator['name'] !== 'string') return undefined;
  const kind = at[0] === 'configMapGenerator' ? 'ConfigMap' : 'Secret';
  const { name, namespace, behavior } = generator;
  const layer = entryLayer(document.positionOf(at), () => true);
  if (behavior === 'merge' || behavior === 'replace') {
    resources.find((resource) => resource.id.kind === kind && resource.names().includes(name))?.addLayer(layer);
    return undefined;
  }
  const options = {
    ...(isMapping(content['generatorOptions']) ? content['generatorOptions'] : {}),
    ...(isMapping(generator['options']) ? generator['options'] : {}),
  };
  const id = { apiVersion: 'v1', kind, namespace: typeof namespace === 'string' ? namespace : undefined, name };
  return new TracedResource(id, layer, options['disableNameSuffixHash'] !== true);
}
