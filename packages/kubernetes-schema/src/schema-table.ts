/**
 * One schema: `any` value, a scalar, `int-or-string`, `quantity` (a number, or text such as `64Mi`), or a tuple. `list` and `map` hold the index of another; `ref` the name of a
 * definition; `enum` the values; `object` its fields by name, those that must be there, and whether others may be.
 */
export type SchemaNode =
  | 'any'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'int-or-string'
  | 'quantity'
  | readonly ['list', number]
  | readonly ['map', number]
  | readonly ['ref', string]
  | readonly ['enum', readonly (string | number | boolean)[]]
  | readonly ['object', Readonly<Record<string, number>>, readonly string[], boolean];

/** Since when a version of a kind is out of date. Releases of Kubernetes as `1.25`. */
export interface Lifecycle {
  readonly deprecated?: string;
  readonly removed?: string;
  /** `policy/v1 PodDisruptionBudget` */
  readonly replacement?: string;
}

/** Schemas of many kinds, each written once: equal ones share an index. */
export interface SchemaTable {
  readonly nodes: readonly SchemaNode[];
  /** By name, for those that refer to themselves or are used often. */
  readonly definitions: Readonly<Record<string, number>>;
  /** By `apps/v1/Deployment`. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** What is shipped with this package. */
export interface PinnedData extends SchemaTable {
  /** `v1.36.3` */
  readonly kubernetes: string;
  readonly sources: readonly string[];
  /** By `policy/v1beta1/PodDisruptionBudget`; for all releases up to the pinned one. */
  readonly lifecycle: Readonly<Record<string, Lifecycle>>;
}
