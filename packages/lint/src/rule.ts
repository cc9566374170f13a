import type { BuildInput } from './input/build-input.ts';
import type { ChangeInput, FleetInput } from './input/fleet-input.ts';
import type { KustomizationInput } from './input/kustomization-input.ts';
import type { Reported, Severity } from './finding.ts';

/** Chapters of the reference page. */
export type RuleGroup =
  'silent' | 'schema' | 'references' | 'quorum' | 'availability' | 'kind-switch' | 'security' | 'fleet' | 'change';

interface RuleText {
  /** A short true sentence about how it should be, in kebab case: `service-selects-pods`. */
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** One sentence: what it finds. */
  readonly summary: string;
  /** What happens otherwise. */
  readonly why: string;
  /** What to do in general; a finding has the exact step. */
  readonly remedy: string;
}

/** About one kustomization of the repository, as every build that reaches it uses it. */
export interface KustomizationRule extends RuleText {
  readonly scope: 'kustomization';
  check(input: KustomizationInput): Iterable<Reported>;
}

/** About what one deployed kustomization renders to. */
export interface BuildRule extends RuleText {
  readonly scope: 'build';
  check(input: BuildInput): Iterable<Reported>;
}

/** About everything that is deployed, together. */
export interface FleetRule extends RuleText {
  readonly scope: 'fleet';
  check(input: FleetInput): Iterable<Reported>;
}

/** About the fleet now against the fleet at another revision. */
export interface ChangeRule extends RuleText {
  readonly scope: 'change';
  check(input: ChangeInput): Iterable<Reported>;
}

/** Pure, and linear in what it is given. */
export type Rule = KustomizationRule | BuildRule | FleetRule | ChangeRule;
