import type { Manifest, Value } from './base.ts';

/** A wish for one object: whatever of it the base does not say yet becomes a patch file. */
export interface MergePatch {
  readonly kind: 'merge';
  /** Dotted paths in environment.yaml that decide it. */
  readonly fields: readonly string[];
  /** Second half of the file's name, after the target's. */
  readonly purpose: string;
  /** The object in the base. */
  readonly target: { readonly kind: string; readonly name: string };
  /** Partial object with `apiVersion`, `kind` and `metadata.name`, as the patch is to be written. */
  readonly wanted: Manifest;
}

/** Single values inside lists that a merge patch could only replace as a whole. */
export interface JsonPatch {
  readonly kind: 'json';
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly target: { readonly group: string; readonly kind: string; readonly name: string };
  /** Values by JSON pointer. */
  readonly values: readonly { readonly path: string; readonly value: Value }[];
}

/** What an environment wants of one object. */
export type Patch = MergePatch | JsonPatch;
