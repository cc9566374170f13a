import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '@gatefleet/environment';
import { ArgoCdError, resourceName, type Application, type Applications, type WaitResult } from 'argocd-ts-client';
import { readCertificates } from '../fleet.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { Say } from '../output/progress.ts';
import { explain, type Explanation } from './explain.ts';
import { isProven, proveGateways, type GatewayProof } from './gateway-proof.ts';
import { nextStep } from './next-step.ts';
import type { Fleet } from './open-fleet.ts';
import { readPods } from './pods.ts';
import { gatewaysAt, type ExpectedGateways } from './render-at.ts';
import { resourceStates, stateChanges, type ResourceStates } from './resource-changes.ts';
import { stuckPods, type StuckPod } from './stuck-pods.ts';
import { StuckWatch } from './stuck-watch.ts';

/** What became of an environment on its way to a commit. */
export type Arrival =
  | { readonly kind: 'arrived'; readonly revision: string; readonly gateways: readonly GatewayProof[] }
  | {
      readonly kind: 'failed';
      readonly revision: string;
      /** In one word, Argo CD's or Kubernetes'. */
      readonly reason: string;
      readonly message: string;
      readonly resource?: string;
      readonly explanation: Explanation;
      readonly next: string;
    };

export interface ArriveOptions {
  /** The commit, in full. */
  readonly revision: string;
  /** Whether Argo CD was told to go back to it, though its source is at a later one. */
  readonly isRollback?: boolean;
  readonly say: Say;
  /** A line for each resource whose state changed. */
  readonly onChange: (line: string) => void;
  /** The only time limit. */
  readonly signal: AbortSignal;
}

/** Failures that may pass by themselves are watched this long: an autoscaler without a first measurement is one. */
const patienceMs = 30_000;
const lookEveryMs = 2_000;

/** Follows an environment until it runs the commit, and proves that every gateway does. @throws ArgoCdError, CliError */
export async function arrive(fleet: Fleet, environment: Environment, options: ArriveOptions): Promise<Arrival> {
  const cluster = await fleet.clusterOf(environment);
  const { revision, signal } = options;
  // While Argo CD is at work.
  const expected = gatewaysAt(fleet.root, [environment.metadata.name], revision, signal);
  expected.catch(() => undefined);
  const result = await untilDecided(fleet, cluster, environment, options);
  return conclude(fleet, environment, result, { ...options, expected });
}

/** An environment and the commit that it is on its way to. */
export interface Journey {
  readonly environment: Environment;
  /** The commit, in full. */
  readonly revision: string;
}

/**
 * The same for many, by name, over one watch of Argo CD; without telling each resource's changes.
 *
 * @throws ArgoCdError, CliError
 */
export async function arriveAll(
  fleet: Fleet,
  journeys: readonly Journey[],
  { say, signal }: Pick<ArriveOptions, 'say' | 'signal'>,
): Promise<ReadonlyMap<string, Arrival>> {
  const revisions = new Map(journeys.map(({ environment, revision }) => [environment.metadata.name, revision]));
  const waiting = new Set(revisions.keys());
  const results = await fleet.applications.waitAll(revisions, {
    patienceMs,
    signal,
    onProgress: (name, verdict) => {
      if (verdict.kind === 'arrived') waiting.delete(name);
      say(waiting.size === 0 ? 'asking every gateway' : `waiting for ${[...waiting].join(', ')}`);
    },
  });
  const arrived = journeys.filter(({ environment }) => results.get(environment.metadata.name)?.kind === 'arrived');
  const expected = new Map(
    [...Map.groupBy(arrived, ({ revision }) => revision)].map(([revision, those]) => {
      const names = those.map(({ environment }) => environment.metadata.name);
      return [revision, gatewaysAt(fleet.root, names, revision, signal)];
    }),
  );
  const arrivals = journeys.map(async ({ environment, revision }) => {
    const { name } = environment.metadata;
    const result = results.get(name);
    if (result === undefined) throw new TypeError(`waiting for ${name} has no result`);
    const concluding = { revision, say, signal, expected: expected.get(revision) ?? Promise.resolve(new Map()) };
    return [name, await conclude(fleet, environment, result, concluding)] as const;
  });
  return new Map(await Promise.all(arrivals));
}

interface Concluding extends Pick<ArriveOptions, 'revision' | 'say' | 'signal'> {
  readonly expected: Promise<ExpectedGateways>;
}

/** Proves what arrived, and explains what did not. */
async function conclude(
  fleet: Fleet,
  environment: Environment,
  result: Decided,
  { revision, say, signal, expected }: Concluding,
): Promise<Arrival> {
  const { name } = environment.metadata;
  const { namespace } = environment.spec;
  const cluster = await fleet.clusterOf(environment);
  if (result.kind === 'stuck') {
    const { pod, container, reason, message } = result.stuck;
    const resource = `Pod ${namespace}/${pod}${container === undefined ? '' : `, container ${container}`}`;
    const explanation = await explain(cluster, namespace, { kind: 'Pod', name: pod }, signal);
    return { kind: 'failed', revision, reason, message, resource, explanation, next: nextStep(reason, name) };
  }
  if (result.kind === 'failed') {
    const { reason, message, resource } = result;
    const explanation = await explain(cluster, namespace, resource, signal);
    const named = resource === undefined ? {} : { resource: resourceName(resource) };
    return { kind: 'failed', revision, reason, message, ...named, explanation, next: nextStep(reason, name) };
  }
  say('asking every gateway');
  const containers = (await expected).get(name) ?? [];
  for (;;) {
    const gateways = await askGateways(cluster, namespace, containers, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    });
    if (typeof gateways === 'string') say(gateways);
    else if (isProven(gateways)) return { kind: 'arrived', revision, gateways };
    else say(`${gateways.filter((gateway) => isProven([gateway])).length} of ${gateways.length} gateways proven`);
    await sleep(lookEveryMs, undefined, { signal });
  }
}

async function askGateways(
  cluster: Kubernetes,
  namespace: string,
  expected: Parameters<typeof proveGateways>[0],
  signal: AbortSignal,
): Promise<readonly GatewayProof[]> {
  const [pods, report] = await Promise.all([
    readPods(cluster, namespace, signal, 'app.kubernetes.io/name=traefik'),
    readCertificates(cluster, signal, namespace),
  ]);
  return proveGateways(expected, pods, report);
}

type Decided = WaitResult | { readonly kind: 'stuck'; readonly stuck: StuckPod };

/** Argo CD's verdict, or a Pod that will never run, whichever is first. */
async function untilDecided(
  { applications }: Fleet,
  cluster: Kubernetes,
  { metadata: { name }, spec: { namespace } }: Environment,
  { revision, isRollback = false, say, onChange, signal }: ArriveOptions,
): Promise<Decided> {
  const own = new AbortController();
  const either = AbortSignal.any([signal, own.signal]);
  const waiting = isRollback
    ? untilRolledBack(applications, name, revision, say, either)
    : applications.wait(name, {
        revision,
        patienceMs,
        signal: either,
        onProgress: (verdict) => {
          if (verdict.kind === 'waiting') say(`waiting for ${verdict.until}`);
          if (verdict.kind === 'failed') say(verdict.message);
        },
      });
  const tellChanges = changeTeller(onChange);
  let latest: Application | undefined;
  const following = follow(applications.watch({ name, signal: either }), (application) => {
    latest = application;
    tellChanges(application);
  });
  // What ends the watch ends the wait, which tells why.
  following.catch(() => undefined);
  try {
    return await Promise.race([waiting, untilStuck(cluster, namespace, revision, () => latest, either)]);
  } finally {
    own.abort();
    await Promise.allSettled([waiting, following]);
  }
}

/** After a rollback an application differs from its source for good: what counts is the operation, and then health. */
async function untilRolledBack(
  applications: Applications,
  name: string,
  revision: string,
  say: Say,
  signal: AbortSignal,
): Promise<WaitResult> {
  for (;;) {
    const application = await applications.get(name, { signal });
    const { operationState: state, health } = application.status ?? {};
    const isOurs = state?.syncResult?.revision === revision && application.operation === undefined;
    if (isOurs && (state.phase === 'Failed' || state.phase === 'Error')) {
      const message = state.message ?? 'the rollback failed';
      return { kind: 'failed', reason: 'SyncFailed', message, mayRecover: false, application };
    }
    if (isOurs && state.phase === 'Succeeded' && health?.status === 'Healthy') {
      return { kind: 'arrived', by: 'operation', application };
    }
    say(
      `waiting for ${isOurs && state.phase === 'Succeeded' ? `health: ${health?.status ?? 'Unknown'}` : 'the rollback'}`,
    );
    await sleep(lookEveryMs, undefined, { signal });
  }
}

async function follow(
  events: AsyncIterable<{ readonly type: string; readonly application: Application }>,
  tell: (application: Application) => void,
): Promise<void> {
  for await (const { type, application } of events) {
    if (type === 'deleted') return;
    tell(application);
  }
}

/** A function that tells what is new in each application that it is given. */
function changeTeller(onChange: (line: string) => void): (application: Application) => void {
  let known: ResourceStates | undefined;
  return (application) => {
    const now = resourceStates(application);
    if (known !== undefined) for (const line of stateChanges(known, now)) onChange(line);
    known = now;
  };
}

async function untilStuck(
  cluster: Kubernetes,
  namespace: string,
  revision: string,
  application: () => Application | undefined,
  signal: AbortSignal,
): Promise<Decided> {
  const watch = new StuckWatch(revision);
  for (;;) {
    // A cluster that does not answer right now is no verdict: Argo CD's wait goes on.
    const pods = await readPods(cluster, namespace, signal).catch(() => []);
    const stuck = watch.look(stuckPods(pods), application(), performance.now());
    if (stuck !== undefined) return { kind: 'stuck', stuck };
    await sleep(lookEveryMs, undefined, { signal });
  }
}

/** Whether an error says that another operation is at work already. */
export const isBusy = (error: unknown): boolean => error instanceof ArgoCdError && error.code === 'CONFLICT';
