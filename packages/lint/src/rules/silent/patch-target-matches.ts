import { nearest } from '../../nearest.ts';
import { entriesOf } from '../../input/kustomization-input.ts';
import type { KustomizationRule } from '../../rule.ts';

export const patchTargetMatches: KustomizationRule = {
  id: 'patch-target-matches',
  group: 'silent',
  scope: 'kustomization',
  severity: 'error',
  summary: 'A patch that hits no object in any build.',
  why: 'kustomize passes over a patch whose target matches nothing without a word, so what it was to change stays as it is.',
  remedy:
    'Name an object that is there, or remove the patch. In a shared base or Component one build that it hits is enough.',
  *check(input) {
    for (const entries of entriesOf(input)) {
      const [first] = entries;
      if (first === undefined || !first.field.startsWith('patches') || entries.some(({ hits }) => hits.length > 0))
        continue;
      const [kind = '', name = ''] = first.subject.replace(/^patch of /, '').split(' ');
      const ofKind = entries.flatMap(({ candidates }) => candidates).filter((object) => object.startsWith(`${kind} `));
      const meant = nearest(
        lastStep(name),
        ofKind.map((object) => lastStep(object.slice(kind.length + 1))),
      );
      yield {
        message: `the ${first.subject} hits nothing`,
        position: first.position,
        remedy:
          meant === undefined
            ? 'Name an object that is there, or remove the patch.'
            : `Did you mean ${kind} ${meant}? Else remove the patch.`,
      };
    }
  },
};

/** The name without its namespace. */
function lastStep(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
