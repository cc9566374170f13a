import { readFileSync } from 'node:fs';
import { checkValue } from './check-value.ts';
import type { Lifecycle, PinnedData, SchemaTable } from './schema-table.ts';
import { TableBuilder, type OpenApiSchema } from './table-builder.ts';
import type { SchemaViolation } from './violation.ts';

export type CheckedObject = Readonly<Record<string, unknown>>;

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

let pinnedData: PinnedData | undefined;

/** Schemas of Kubernetes' own kinds at one release, and of custom resources. */
export class Schemas {
  readonly #table: SchemaTable;
  readonly #lifecycle: Readonly<Record<string, Lifecycle>>;
  readonly #release: string;

  private constructor(table: SchemaTable, lifecycle: Readonly<Record<string, Lifecycle>>, release: string) {
    this.#table = table;
    this.#lifecycle = lifecycle;
    this.#release = release;
  }

  /** The release that this package pins, with Argo CD's kinds and the Prometheus operator's PodMonitor, ServiceMonitor and PrometheusRule. */
  static pinned(): Schemas {
    pinnedData ??= JSON.parse(readFileSync(new URL('../data/schemas.json', import.meta.url), 'utf8')) as PinnedData;
    return new Schemas(pinnedData, pinnedData.lifecycle, pinnedData.kubernetes);
  }

  /** `v1.36.3` */
  get release(): string {
    return this.#release;
  }

  /** These and those that CustomResourceDefinitions among the objects define. */
  withCustomResourceDefinitions(objects: Iterable<CheckedObject>): Schemas {
    const builder = new TableBuilder(this.#table);
    let added = 0;
    for (const object of objects) {
      for (const { key, schema } of versionsOf(object)) {
        builder.addCustomResource(key, schema, objectMeta);
        added += 1;
      }
    }
    return added === 0 ? this : new Schemas(builder.table(), this.#lifecycle, this.#release);
  }

  /** Where the sources name no replacement, the stable version of the same kind is one. */
  #lifecycleOf(key: string, apiVersion: string, kind: string): Lifecycle | undefined {
    const own = Object.hasOwn(this.#lifecycle, key) ? this.#lifecycle[key] : undefined;
    if (own === undefined || own.replacement !== undefined) return own;
    const stable = `${apiVersion.replace(/\/.*/, '')}/v1`;
    return Object.hasOwn(this.#table.kinds, `${stable}/${kind}`) ? { ...own, replacement: `${stable} ${kind}` } : own;
  }

  /** What the API server would refuse about the object's form, or will in a later release. What only it can know is not looked at. */
  check(object: CheckedObject): readonly SchemaViolation[] {
    const apiVersion = String(object['apiVersion']);
    const kind = String(object['kind']);
    const key = `${apiVersion}/${kind}`;
    const index = Object.hasOwn(this.#table.kinds, key) ? this.#table.kinds[key] : undefined;
    const lifecycle = this.#lifecycleOf(key, apiVersion, kind);
    if (index === undefined)
      return [
        lifecycle === undefined ? unknownKind(apiVersion, kind, this.#release) : removed(apiVersion, kind, lifecycle),
      ];
    const old =
      lifecycle?.deprecated === undefined || isAfter(lifecycle.deprecated, this.#release)
        ? []
        : [deprecated(apiVersion, kind, lifecycle)];
    return [...old, ...checkValue(this.#table, index, object, [])];
  }
}

interface Definition {
  readonly spec?: {
    readonly group?: unknown;
    readonly names?: { readonly kind?: unknown };
    readonly versions?: readonly {
      readonly name?: unknown;
      readonly schema?: { readonly openAPIV3Schema?: OpenApiSchema };
    }[];
  };
}

function versionsOf(object: CheckedObject): readonly { readonly key: string; readonly schema: OpenApiSchema }[] {
  if (object['kind'] !== 'CustomResourceDefinition') return [];
  const { spec } = object as Definition;
  if (!Array.isArray(spec?.versions)) return [];
  return (spec.versions as NonNullable<NonNullable<Definition['spec']>['versions']>).map(({ name, schema }) => ({
    key: `${String(spec.group)}/${String(name)}/${String(spec.names?.kind)}`,
    schema: schema?.openAPIV3Schema ?? {},
  }));
}

const atVersion = { path: ['apiVersion'], atKey: false } as const;

function unknownKind(apiVersion: string, kind: string, release: string): SchemaViolation {
  return {
    ...atVersion,
    kind: 'unknown-kind',
    message: `${apiVersion} ${kind} is not a kind of Kubernetes ${release}, and its CustomResourceDefinition is not in the repository`,
    remedy: 'Correct apiVersion and kind, or add the CustomResourceDefinition to the repository.',
  };
}

function removed(apiVersion: string, kind: string, { removed: release, replacement }: Lifecycle): SchemaViolation {
  return {
    ...atVersion,
    kind: 'removed-version',
    message: `${apiVersion} ${kind} is ${release === undefined ? 'no longer served' : `not served since Kubernetes ${release}`}`,
    remedy: replacement === undefined ? 'Remove it: nothing takes its place.' : `Use ${replacement}.`,
  };
}

function deprecated(
  apiVersion: string,
  kind: string,
  { deprecated: since, removed: release, replacement }: Lifecycle,
): SchemaViolation {
  return {
    ...atVersion,
    kind: 'deprecated-version',
    message: `${apiVersion} ${kind} is deprecated since Kubernetes ${since ?? ''}${release === undefined ? '' : `, and ${release} removes it`}`,
    remedy: replacement === undefined ? 'Nothing takes its place: do without it.' : `Use ${replacement}.`,
  };
}

/** Whether a release such as `1.25` comes after `v1.36.3`. */
function isAfter(release: string, pinned: string): boolean {
  const minor = (text: string) => Number(/^v?\d+\.(\d+)/.exec(text)?.[1]);
  return minor(release) > minor(pinned);
}
