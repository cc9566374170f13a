import type { BuiltObject, Path } from '@gatefleet/kustomize';
import { listOf, mappingOf, type Mapping } from '../mapping.ts';

/** One entry of `from`, `to` or `ports` in a NetworkPolicy, and where it stands. */
export interface PolicyPart {
  readonly value: Mapping;
  readonly path: Path;
}

/** A rule of a NetworkPolicy: its peers, none of which means everybody, and its ports. */
export interface PolicyRule {
  readonly direction: 'ingress' | 'egress';
  readonly peers: readonly PolicyPart[];
  readonly ports: readonly PolicyPart[];
}

export function policyRulesOf({ object }: BuiltObject): readonly PolicyRule[] {
  const spec = mappingOf(object['spec']);
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    listOf(spec[direction]).map((rule, index) => {
      const parts = (field: string): readonly PolicyPart[] =>
        listOf(mappingOf(rule)[field]).map((value, at) => ({
          value: mappingOf(value),
          path: ['spec', direction, index, field, at],
        }));
      return { direction, peers: parts(direction === 'ingress' ? 'from' : 'to'), ports: parts('ports') };
    }),
  );
}

/** Whether a LabelSelector is anything but "all". */
export function isParticular(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = mappingOf(selector);
  return Object.keys(mappingOf(matchLabels)).length + listOf(matchExpressions).length > 0;
}
