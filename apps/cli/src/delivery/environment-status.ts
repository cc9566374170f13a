import type { Environment } from '@gatefleet/environment';
import type { Application } from 'argocd-ts-client';
import { readCertificates, served } from '../fleet.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { deploymentsOf, runningRevision } from './deployments.ts';
import { describeCommit, type Commit } from './git.ts';
import type { Fleet } from './open-fleet.ts';
import { pauseOf } from './pause.ts';
import { readDrift, type Drift } from './read-drift.ts';
import { isReady, readPods, type Pod } from './pods.ts';

/** One environment at a glance. */
export interface EnvironmentStatus {
  readonly name: string;
  readonly cluster: string;
  /** The commit that it runs; undefined before the first sync. */
  readonly commit: string | undefined;
  readonly subject: string | undefined;
  /** When something of it changed last, ISO 8601. */
  readonly deployedAt: string | undefined;
  readonly sync: string;
  readonly health: string;
  /** Who paused it, when and why. */
  readonly paused: string | undefined;
  /** Objects that are not as git says, and who wrote to them. */
  readonly drift: readonly Drift[];
  /** Ready gateways, and all; or why they cannot be counted. */
  readonly gateways: Count;
  /** Servers of the store that are ready, and all. */
  readonly store: Count;
  /** Certificates that every gateway serves, and all that should be; or why they cannot be counted. */
  readonly certificates: Count;
}

export type Count =
  | { readonly kind: 'counted'; readonly right: number; readonly of: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Whether there is nothing to look after. */
export const isWell = ({ sync, health, paused, gateways, store, certificates }: EnvironmentStatus): boolean =>
  sync === 'Synced' &&
  health === 'Healthy' &&
  paused === undefined &&
  [gateways, store, certificates].every((count) => count.kind === 'counted' && count.right === count.of);

/** Asks Argo CD once for all environments, and each environment's cluster for its gateways and certificates. */
export async function readStatuses(fleet: Fleet, signal: AbortSignal): Promise<readonly EnvironmentStatus[]> {
  const applications = await fleet.applications.list({ signal });
  const described = new Map<string, Promise<Commit | undefined>>();
  const describe = (id: string): Promise<Commit | undefined> => {
    const known = described.get(id) ?? describeCommit(fleet.root, id);
    described.set(id, known);
    return known;
  };
  const byName = new Map(applications.map((application) => [application.metadata?.name ?? '', application]));
  return Promise.all(
    [...fleet.environments.values()]
      .filter(({ metadata }) => byName.has(metadata.name))
      .map((environment) =>
        statusOf(fleet, environment, byName.get(environment.metadata.name) ?? {}, describe, signal),
      ),
  );
}

async function statusOf(
  fleet: Fleet,
  environment: Environment,
  application: Application,
  describe: (commit: string) => Promise<Commit | undefined>,
  signal: AbortSignal,
): Promise<EnvironmentStatus> {
  const { namespace, cluster } = environment.spec;
  const [latest] = deploymentsOf(application);
  const { sync, health } = application.status ?? {};
  const runs = runningRevision(application);
  const kubernetes = fleet.clusterOf(environment);
  const pods = kubernetes.then((cluster) => readPods(cluster, namespace, signal, gatewaysAndStore));
  const [commit, drift, gateways, store, certificates] = await Promise.all([
    runs === undefined ? undefined : describe(runs),
    readDrift(kubernetes, application, signal),
    count(async () => countReady(await pods, 'traefik')),
    count(async () => countReady(await pods, 'consul')),
    count(async () => countCertificates(await kubernetes, namespace, signal)),
  ]);
  return {
    name: environment.metadata.name,
    cluster: cluster.name,
    commit: runs,
    subject: commit?.subject,
    deployedAt: latest?.deployedAt,
    sync: sync?.status ?? 'Unknown',
    health: health?.status ?? 'Unknown',
    paused: pauseOf(application),
    drift,
    gateways,
    store,
    certificates,
  };
}

async function count(read: () => Promise<Count>): Promise<Count> {
  return read().catch((error: unknown) => ({
    kind: 'unknown' as const,
    reason: error instanceof Error ? error.message : String(error),
  }));
}

/** Pods of both in one answer: of many clusters each request counts. */
const gatewaysAndStore = 'app.kubernetes.io/name in (traefik,consul)';

function countReady(pods: readonly Pod[], name: 'traefik' | 'consul'): Count {
  const all = pods.filter(({ metadata }) => metadata.labels['app.kubernetes.io/name'] === name);
  return { kind: 'counted', right: all.filter(isReady).length, of: all.length };
}

async function countCertificates(kubernetes: Kubernetes, namespace: string, signal: AbortSignal): Promise<Count> {
  const { certificates } = await readCertificates(kubernetes, signal, namespace);
  const wanted = certificates.filter(({ state }) => state !== 'retained');
  const right = wanted.filter((certificate) => {
    const { by, of } = served(certificate);
    return certificate.current !== undefined && of > 0 && by === of;
  });
  return { kind: 'counted', right: right.length, of: wanted.length };
}
