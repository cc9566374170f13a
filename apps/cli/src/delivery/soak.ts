import type { Application } from 'argocd-ts-client';
import { deploymentsOf } from './deployments.ts';

/** How long a version has run in health. */
export type Soak =
  | { readonly kind: 'proven'; readonly revision: string; readonly since: Date }
  | { readonly kind: 'unproven'; readonly reason: string; readonly until?: Date };

export interface SoakQuestion {
  /** Of the environment that is promoted from. */
  readonly application: Application;
  /** Text of the version file that is to be promoted. */
  readonly version: string;
  /** That text at each commit that ran, as git has it; undefined where the commit had none, or is not there. */
  readonly versionAt: ReadonlyMap<string, string | undefined>;
  /** How long is long enough, in milliseconds. */
  readonly forMs: number;
  readonly now: Date;
}

/**
 * Whether an environment runs this version, and has been healthy with it for long enough. The time counts from the first of the latest
 * unbroken row of deployments with this version, and anew from each time that the environment became healthy again.
 */
export function judgeSoak({ application, version, versionAt, forMs, now }: SoakQuestion): Soak {
  const name = application.metadata?.name ?? '';
  const row: { readonly revision: string; readonly deployedAt: string }[] = [];
  const deployments = deploymentsOf(application);
  for (const deployment of deployments) {
    if (versionAt.get(deployment.revision) !== version) break;
    row.push(deployment);
  }
  const [latest, first] = [row[0], row.at(-1)];
  if (latest === undefined || first === undefined) {
    const runs = deployments[0]?.revision;
    const what = runs === undefined ? 'has deployed nothing' : `runs ${runs.slice(0, 10)}, which has another version`;
    return { kind: 'unproven', reason: `${name} ${what}` };
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
  const instants = [first.deployedAt, health.lastTransitionTime].map((text) => Date.parse(text ?? ''));
  const since = new Date(Math.max(...instants.filter((instant) => !Number.isNaN(instant))));
  const until = new Date(since.getTime() + forMs);
  if (until <= now) return { kind: 'proven', revision: latest.revision, since };
  return { kind: 'unproven', reason: `${name} has run it in health only since ${since.toISOString()}`, until };
}
