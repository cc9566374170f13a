import type { Violation } from '../problem.ts';

/** The document as written, before it is known to be valid: rules run beside the schema so that all mistakes show at once. */
export interface Draft {
  at(...path: readonly PropertyKey[]): unknown;
}

/** Where the document was found. */
export interface Place {
  /** Name of the folder that holds the file; undefined where the file has none. */
  readonly folder: string | undefined;
}

/** Something that one field's schema cannot say. The draft has the preset's defaults, and no others. */
export type Rule = (draft: Draft, place: Place) => readonly Violation[];

/** The items of a list in the draft; none where there is no list. */
export function itemsAt(draft: Draft, ...path: readonly PropertyKey[]): readonly unknown[] {
  const value = draft.at(...path);
  return Array.isArray(value) ? value : [];
}

/** Whether a domain is one of the zones, or below one. */
export function isInside(domain: string, zones: readonly unknown[]): boolean {
  return zones.some((zone) => typeof zone === 'string' && (domain === zone || domain.endsWith(`.${zone}`)));
}
