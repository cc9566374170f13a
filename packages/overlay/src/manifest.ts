/** Any value of a manifest. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A manifest, or part of one: what a patch is written as. */
export interface Manifest {
  readonly [key: string]: Value;
}

export function kindOf({ kind }: Manifest): string {
  return typeof kind === 'string' ? kind : '';
}

export function nameOf({ metadata }: Manifest): string {
  const name = isMapping(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

/** Whether a value is a mapping rather than a list, a scalar or nothing. */
export function isMapping(value: Value | undefined): value is Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
