import type { Rule } from '../rule.ts';
import { generatedStale } from './silent/generated-stale.ts';
import { imageOverrideMatches } from './silent/image-override-matches.ts';
import { patchKindApplies } from './silent/patch-kind-applies.ts';
import { patchTargetMatches } from './silent/patch-target-matches.ts';
import { referenceExists } from './silent/reference-exists.ts';
import { replicasTargetMatches } from './silent/replicas-target-matches.ts';
import { unusedComponent } from './silent/unused-component.ts';

/** Every rule, by group; the order is that of the reference page. */
export const rules: readonly Rule[] = [
  patchTargetMatches,
  patchKindApplies,
  imageOverrideMatches,
  replicasTargetMatches,
  referenceExists,
  unusedComponent,
  generatedStale,
];
