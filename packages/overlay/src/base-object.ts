import { OverlayError } from './errors.ts';
import type { Manifest } from './manifest.ts';

/** One object of the base, as it is before an overlay changes it. */
export interface BaseObject {
  readonly object: Manifest;
  /** Where it stands, from the repository's root. */
  readonly file: string;
  /** Whether a Component made another kind of it: then kustomize finds it by its target alone. */
  readonly kindChanged?: boolean;
}

/** @param doing - what was under way. */
export function missing(doing: string, what: string): OverlayError {
  return new OverlayError('PATCH_TARGET_MISSING', `${doing}: ${what}`, {
    hint: 'restore it in base/, or change the generator together with it',
  });
}
