import type { Application } from 'argocd-ts-client';
import { deploymentsOf, runningRevision } from './deployments.ts';

/** How long a commit has run in health. */
export type Soak =
  | { readonly kind: 'proven'; readonly revision: string; readonly since: Date }
  | { readonly kind: 'unproven'; readonly reason: string; readonly until?: Date };

export interface SoakQuestion {
  /** Of the environment that is promoted from. */
  readonly application: Application;
  /**
   * What the environment is rendered from at each commit that was deployed, in any form that tells the same from another; undefined where
   * the commit is not there.
   */
  readonly sourcesAt: ReadonlyMap<string, string | undefined>;
  /** How long is long enough, in milliseconds. */
  readonly forMs: number;
  readonly now: Date;
}

/**
 * Whether an environment has been healthy for long enough with what it runs. The time counts from the first of the latest unbroken row of
 * deployments of the same sources, and anew from each time that the environment became healthy again. A later commit that changes nothing
 * of what is rendered is no deployment, and runs as long as what it leaves as it was.
 */
export function judgeSoak({ application, sourcesAt, forMs, now }: SoakQuestion): Soak {
  const name = application.metadata?.name ?? '';
  const deployments = deploymentsOf(application);
  const [latest] = deployments;
  const revision = runningRevision(application);
  if (latest === undefined || revision === undefined) {
    return { kind: 'unproven', reason: `${name} has deployed nothing` };
  }
  const { health, sync, operationState } = application.status ?? {};
  if (health?.status !== 'Healthy') {
    return { kind: 'unproven', reason: `${name} is ${health?.status ?? 'of unknown health'} with it` };
  }
  if (operationState?.phase === 'Running') return { kind: 'unproven', reason: `${name} is being synced` };
  if (sync?.status !== 'Synced') {
    return {
      kind: 'unproven',
      reason: `${name} is ${sync?.status ?? 'Unknown'}: what runs there is not what git says`,
    };
  }
  const sources = sourcesAt.get(latest.revision);
  const other = deployments.findIndex(
    (each) => each.revision !== latest.revision && (sources === undefined || sourcesAt.get(each.revision) !== sources),
  );
  const first = deployments.at(other === -1 ? -1 : other - 1) ?? latest;
  const instants = [first.deployedAt, health.lastTransitionTime].map((text) => Date.parse(text ?? ''));
  const since = new Date(Math.max(...instants.filter((instant) => !Number.isNaN(instant))));
  const until = new Date(since.getTime() + forMs);
  if (until <= now) return { kind: 'proven', revision, since };
  return { kind: 'unproven', reason: `${name} has run it in health only since ${since.toISOString()}`, until };
}
