import type { Manifest, Value } from './manifest.ts';

interface Wish {
  /** Dotted paths in environment.yaml that decide it. */
  readonly fields: readonly string[];
  /** Second half of the file's name, after the target's. */
  readonly purpose: string;
}

/** A wish for one object: whatever of it the base does not say yet becomes a patch file. */
export interface MergePatch extends Wish {
  readonly kind: 'merge';
  /** Partial object with `apiVersion`, `kind` and `metadata.name`; null removes. */
  readonly wanted: Manifest;
  /** Lists that may get items that the base lacks, such as `env`; in any other that is an error. */
  readonly additions?: readonly string[];
  /** Name that the object gets; kustomize takes what refers to it along. */
  readonly rename?: string;
}

/** Single values inside lists that a merge patch could only replace as a whole. */
export interface JsonPatch extends Wish {
  readonly kind: 'json';
  readonly target: { readonly group: string; readonly kind: string; readonly name: string };
  readonly values: readonly { readonly path: readonly Step[]; readonly value: Value }[];
}

/** One step to a value: a key; the list item whose field has a value; the argument that begins so; `-`, a new item at the end. */
export type Step = string | { readonly item: readonly string[]; readonly is: string } | { readonly argument: string };

/** What an environment wants of one object. */
export type Patch = MergePatch | JsonPatch;
