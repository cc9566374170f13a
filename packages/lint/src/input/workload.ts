import { isMapping, listOf, type Mapping } from '../mapping.ts';
import type { BuiltObject, Path } from '@gatefleet/kustomize';

/** A container of a Pod template. */
export interface Container {
  readonly name: string;
  readonly container: Mapping;
  readonly path: Path;
  /** Runs to its end before the others start; one that restarts always is none of these. */
  readonly isInit: boolean;
}

/** Something that runs Pods: its template, and where it stands. */
export interface Workload {
  readonly object: BuiltObject;
  readonly kind: string;
  /** `Deployment gatefleet/traefik`. */
  readonly title: string;
  readonly namespace: string | undefined;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podSpec: Mapping;
  readonly podSpecPath: Path;
  readonly containers: readonly Container[];
}

const templates: Readonly<Record<string, Path>> = {
  Deployment: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** The object as a workload; undefined where it runs no Pods. */
export function workloadOf(object: BuiltObject): Workload | undefined {
  const path = Object.hasOwn(templates, object.id.kind) ? templates[object.id.kind] : undefined;
  if (path === undefined) return undefined;
  const template = path.reduce<unknown>((value, step) => (isMapping(value) ? value[step] : undefined), object.object);
  if (!isMapping(template) || !isMapping(template['spec'])) return undefined;
  const metadata = isMapping(template['metadata']) ? template['metadata'] : {};
  const podSpec = template['spec'];
  const podSpecPath = [...path, 'spec'];
  const { kind, namespace, name } = object.id;
  return {
    object,
    kind,
    title: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    namespace,
    podLabels: isMapping(metadata['labels']) ? (metadata['labels'] as Readonly<Record<string, string>>) : {},
    podSpec,
    podSpecPath,
    containers: (['initContainers', 'containers'] as const).flatMap((field) =>
      listOf(podSpec[field]).flatMap((container, index) =>
        isMapping(container)
          ? [
              {
                name: typeof container['name'] === 'string' ? container['name'] : String(index),
                container,
                path: [...podSpecPath, field, index],
                isInit: field === 'initContainers' && container['restartPolicy'] !== 'Always',
              },
            ]
          : [],
      ),
    ),
  };
}
