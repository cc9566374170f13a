import { splitImage } from '@gatefleet/kustomize';
import { nearest } from '../../nearest.ts';
import { entriesOf } from '../../input/kustomization-input.ts';
import type { KustomizationRule } from '../../rule.ts';

export const imageOverrideMatches: KustomizationRule = {
  id: 'image-override-matches',
  group: 'silent',
  scope: 'kustomization',
  severity: 'error',
  summary: 'An entry of images that overrides no image in any build.',
  why: 'kustomize passes over it without a word, so the old version goes on running.',
  remedy: 'Write the name as the manifest has it, registry included, without the tag; or remove the entry.',
  *check(input) {
    for (const entries of entriesOf(input)) {
      const [first] = entries;
      if (first?.field !== 'images' || entries.some(({ hits }) => hits.length > 0)) continue;
      const wanted = first.subject.replace(/^image /, '');
      const names = [
        ...new Set(entries.flatMap(({ candidates }) => candidates.map((image) => splitImage(image).name))),
      ];
      const meant = names.find((name) => name.endsWith(`/${wanted}`)) ?? nearest(wanted, names);
      yield {
        message: `the override of ${first.subject} hits nothing`,
        position: first.position,
        remedy:
          meant === undefined
            ? `Remove it, or name an image that is there: ${names.toSorted().join(', ') || 'there is none'}.`
            : `Did you mean ${meant}? Else remove the entry.`,
      };
    }
  },
};
