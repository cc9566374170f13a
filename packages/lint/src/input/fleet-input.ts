import type { Repository } from '@gatefleet/kustomize';
import type { BuildInput } from './build-input.ts';
import type { LintEnvironment } from './lint-environment.ts';

/** Everything that is deployed. */
export interface FleetInput {
  readonly repository: Repository;
  readonly builds: readonly BuildInput[];
  readonly environments: readonly LintEnvironment[];
  /** What files would be if they were generated now, where that differs from what they are. */
  readonly stale: readonly StaleFile[];
  /** Versions that staging environments have or had, each as `image version`. */
  readonly stagedVersions: ReadonlySet<string>;
  readonly now: Date;
}

/** A generated file that is not as its environment.yaml makes it. */
export interface StaleFile {
  readonly environment: LintEnvironment;
  readonly kind: 'create' | 'update' | 'remove';
  readonly path: string;
}

export interface ChangeInput {
  readonly before: FleetInput;
  readonly after: FleetInput;
  /** As given. */
  readonly revision: string;
}
