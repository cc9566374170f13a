import type { Build, BuiltObject, ObjectId, Path, Position, Repository } from '@gatefleet/kustomize';
import type { Schemas } from '@gatefleet/kubernetes-schema';
import type { LintEnvironment } from './lint-environment.ts';
import { workloadOf, type Workload } from './workload.ts';

/** What one deployed kustomization renders to. */
export interface BuildInput {
  /** The environment's name, or the kustomization's folder where no environment.yaml stands beside it. */
  readonly name: string;
  readonly repository: Repository;
  readonly build: Build;
  readonly environment: LintEnvironment | undefined;
  readonly objects: ObjectIndex;
  /** Kubernetes' own, and those of the repository's CustomResourceDefinitions. */
  readonly schemas: Schemas;
}

/** Rendered objects by kind and name. */
export class ObjectIndex {
  readonly all: readonly BuiltObject[];
  readonly #byKind: ReadonlyMap<string, readonly BuiltObject[]>;
  readonly #byName: ReadonlyMap<string, BuiltObject>;
  #workloads: readonly Workload[] | undefined;

  constructor(all: readonly BuiltObject[]) {
    this.all = all;
    this.#byKind = Map.groupBy(all, ({ id }) => id.kind);
    this.#byName = new Map(all.map((object) => [keyOf(object.id.kind, object.id.namespace, object.id.name), object]));
  }

  ofKind(kind: string): readonly BuiltObject[] {
    return this.#byKind.get(kind) ?? [];
  }

  get(kind: string, namespace: string | undefined, name: string): BuiltObject | undefined {
    return this.#byName.get(keyOf(kind, namespace, name));
  }

  /** Names of this kind in the namespace. */
  namesOf(kind: string, namespace: string | undefined): readonly string[] {
    return this.ofKind(kind)
      .filter(({ id }) => (id.namespace ?? '') === (namespace ?? ''))
      .map(({ id }) => id.name);
  }

  /** Everything that runs Pods. */
  workloads(): readonly Workload[] {
    this.#workloads ??= this.all.flatMap((object) => workloadOf(object) ?? []);
    return this.#workloads;
  }
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}\0${namespace ?? ''}\0${name}`;
}

/** The value at a path of a rendered object; undefined where there is none. */
export function valueAt(object: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as Readonly<Record<string | number, unknown>>)[step];
  }, object);
}

export type { BuiltObject, ObjectId, Path, Position };
