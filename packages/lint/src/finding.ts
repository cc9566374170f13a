import type { ObjectId, Position } from '@gatefleet/kustomize';

/** `error`: it breaks, leaks or blocks. `warning`: it will, or it is not as careful as it should be. */
export type Severity = 'error' | 'warning';

/** What a rule found, at the line that causes it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Without a final period. */
  readonly message: string;
  readonly position: Position;
  /** What to do about it, exactly. */
  readonly remedy: string;
  readonly object?: ObjectId;
  /** Names of the environments, or folders of the kustomizations, where it happens. Empty where it is not about one. */
  readonly environments: readonly string[];
}

/** A finding as a rule returns it: the runner knows the rest. */
export interface Reported {
  readonly message: string;
  readonly position: Position;
  readonly remedy: string;
  readonly object?: ObjectId;
  /** Only where it is not the rule's own. */
  readonly severity?: Severity;
  /** Only where it is not the environment that was looked at. */
  readonly environments?: readonly string[];
}

/** A comment that lets a finding be, until a day. */
export interface Waiver {
  readonly rule: string;
  readonly reason: string;
  /** Last day that it holds, as `2027-03-01`. */
  readonly until: string;
  readonly position: Position;
}

export interface WaivedFinding extends Finding {
  readonly waiver: Waiver;
}

/** Sorted by place, then by rule. */
export function byPlace(a: Finding, b: Finding): number {
  return (
    compare(a.position.file, b.position.file) ||
    a.position.line - b.position.line ||
    a.position.column - b.position.column ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
