import { entriesOf } from '../../input/kustomization-input.ts';
import type { KustomizationRule } from '../../rule.ts';

export const patchKindApplies: KustomizationRule = {
  id: 'patch-kind-applies',
  group: 'silent',
  scope: 'kustomization',
  severity: 'error',
  summary: 'A patch that says another kind than its target has, without allowKindChange.',
  why: 'kustomize keeps the target’s kind without a word: a Deployment that was to become a DaemonSet stays one.',
  remedy: 'Add `options: { allowKindChange: true }` to the patch, or give it the target’s kind.',
  *check(input) {
    for (const entries of entriesOf(input)) {
      const ignored = entries.find(({ ignoredKind }) => ignoredKind !== undefined);
      if (ignored?.ignoredKind === undefined) continue;
      const { kind, position } = ignored.ignoredKind;
      const other = ignored.hits.find((hit) => hit.kind !== kind)?.kind ?? 'another kind';
      yield {
        message: `the ${ignored.subject} says kind ${kind}; its target is a ${other} and stays one`,
        position,
        remedy: `Write kind: ${other}, or add options: { allowKindChange: true } to the patch to make it a ${kind}.`,
      };
    }
  },
};
