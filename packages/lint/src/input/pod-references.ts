import { isMapping, listOf, mappingOf } from '../mapping.ts';
import type { Path } from './build-input.ts';
import type { Workload } from './workload.ts';

/** A ConfigMap or Secret that a Pod needs to start. */
export interface PodReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Keys that must be in it. */
  readonly keys: readonly string[];
  /** To the name. */
  readonly path: Path;
}

/** Every ConfigMap and Secret that a workload's Pods need; those that are optional are left out. */
export function podReferences({ podSpec, podSpecPath, containers }: Workload): readonly PodReference[] {
  const found: PodReference[] = [];
  const add = (kind: PodReference['kind'], value: unknown, field: string, path: Path, keys: readonly string[] = []) => {
    if (!isMapping(value) || value['optional'] === true || typeof value[field] !== 'string') return;
    found.push({ kind, name: value[field], keys, path: [...path, field] });
  };
  const items = (value: unknown) =>
    listOf(mappingOf(value)['items']).flatMap((item) => {
      const { key } = mappingOf(item);
      return typeof key === 'string' ? [key] : [];
    });
  const volume = (value: unknown, path: Path, secretField: 'secretName' | 'name') => {
    const { configMap, secret } = mappingOf(value);
    add('ConfigMap', configMap, 'name', [...path, 'configMap'], items(configMap));
    add('Secret', secret, secretField, [...path, 'secret'], items(secret));
  };

  listOf(podSpec['volumes']).forEach((each, index) => {
    const path = [...podSpecPath, 'volumes', index];
    volume(each, path, 'secretName');
    listOf(mappingOf(mappingOf(each)['projected'])['sources']).forEach((source, at) =>
      volume(source, [...path, 'projected', 'sources', at], 'name'),
    );
  });
  for (const { container, path } of containers) {
    listOf(container['envFrom']).forEach((each, index) => {
      const { configMapRef, secretRef } = mappingOf(each);
      add('ConfigMap', configMapRef, 'name', [...path, 'envFrom', index, 'configMapRef']);
      add('Secret', secretRef, 'name', [...path, 'envFrom', index, 'secretRef']);
    });
    listOf(container['env']).forEach((each, index) => {
      const { configMapKeyRef, secretKeyRef } = mappingOf(mappingOf(each)['valueFrom']);
      const at = [...path, 'env', index, 'valueFrom'];
      const key = (value: unknown) =>
        typeof mappingOf(value)['key'] === 'string' ? [String(mappingOf(value)['key'])] : [];
      add('ConfigMap', configMapKeyRef, 'name', [...at, 'configMapKeyRef'], key(configMapKeyRef));
      add('Secret', secretKeyRef, 'name', [...at, 'secretKeyRef'], key(secretKeyRef));
    });
  }
  listOf(podSpec['imagePullSecrets']).forEach((each, index) =>
    add('Secret', each, 'name', [...podSpecPath, 'imagePullSecrets', index]),
  );
  return found;
}
