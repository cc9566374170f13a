import { OverlayError } from './errors.ts';

/** Any value of a manifest. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** A manifest, or part of one: what a patch is written as. */
export interface Manifest {
  readonly [key: string]: Value;
}

/** The objects that overlays build on: what a patch is made smallest against. */
export class Base {
  readonly #objects: ReadonlyMap<string, Manifest>;

  constructor(objects: readonly Manifest[]) {
    this.#objects = new Map(objects.map((object) => [identity(object), object]));
  }

  /** @throws OverlayError `PATCH_TARGET_MISSING` */
  get(kind: string, name: string): Manifest {
    const object = this.#objects.get(JSON.stringify([kind, name]));
    if (object !== undefined) return object;
    throw new OverlayError('PATCH_TARGET_MISSING', `planning a patch of ${kind} ${name}: base/ has no such object`, {
      hint: 'restore the object in base/, or change the generator together with it',
    });
  }
}

function identity({ kind, metadata }: Manifest): string {
  const name = isMapping(metadata) ? metadata['name'] : undefined;
  return JSON.stringify([kind, name]);
}

/** Whether a value is a mapping rather than a list, a scalar or nothing. */
export function isMapping(value: Value | undefined): value is Manifest {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
