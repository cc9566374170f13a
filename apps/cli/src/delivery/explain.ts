import { resourceName, type ResourceRef } from 'argocd-ts-client';
import { z } from 'zod';
import type { Kubernetes } from '../kubernetes.ts';
import { isReady, readPods, type Pod } from './pods.ts';

/** What a cluster tells about something that does not come to be. */
export interface Explanation {
  /** The latest Events about it and its Pods, the newest last. */
  readonly events: readonly string[];
  /** The last lines of a container that is not ready. */
  readonly log: { readonly pod: string; readonly container: string; readonly lines: readonly string[] } | undefined;
}

const Events = z.object({
  items: z.array(
    z.object({
      type: z.string().default('Normal'),
      reason: z.string().default(''),
      message: z.string().default(''),
      lastTimestamp: z.string().nullish(),
      eventTime: z.string().nullish(),
      involvedObject: z.object({ kind: z.string().default(''), name: z.string().default('') }),
    }),
  ),
});

const maxEvents = 6;
const maxLines = 10;

/** Asks for Events and logs of a resource and its Pods; what cannot be read is left out. */
export async function explain(
  kubernetes: Kubernetes,
  namespace: string,
  resource: Pick<ResourceRef, 'kind' | 'name'> | undefined,
  signal: AbortSignal,
): Promise<Explanation> {
  const [events, pods] = await Promise.all([
    kubernetes
      .read(`/api/v1/namespaces/${namespace}/events`, signal)
      .then((answer) => Events.parse(answer).items)
      .catch(() => []),
    readPods(kubernetes, namespace, signal).catch(() => []),
  ]);
  const isAbout = (name: string) => resource === undefined || name === resource.name || isMadeBy(name, resource.name);
  const told = events
    .filter(({ type, involvedObject }) => type !== 'Normal' && isAbout(involvedObject.name))
    .map((event) => ({ event, at: event.lastTimestamp ?? event.eventTime ?? '' }))
    .toSorted((a, b) => a.at.localeCompare(b.at))
    .slice(-maxEvents)
    .map(({ event: { involvedObject, reason, message } }) => {
      const ref = { group: '', kind: involvedObject.kind, namespace: '', name: involvedObject.name };
      return `${resourceName(ref)}: ${reason}: ${message}`;
    });
  const pod = pods.find((each) => !isReady(each) && each.status.phase !== 'Succeeded' && isAbout(each.metadata.name));
  return { events: [...new Set(told)], log: pod && (await lastLines(kubernetes, pod, signal)) };
}

/** Pods and ReplicaSets have the name of what made them at the beginning of theirs. */
const isMadeBy = (name: string, maker: string) => name.startsWith(`${maker}-`);

async function lastLines(kubernetes: Kubernetes, pod: Pod, signal: AbortSignal): Promise<Explanation['log']> {
  const { name, namespace } = pod.metadata;
  const container =
    pod.status.containerStatuses.find(({ ready }) => !ready)?.name ?? pod.spec.containers[0]?.name ?? '';
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}&tailLines=${maxLines}`;
  // A container that has ended and was not started again yet has its last words in the log before.
  for (const query of ['', '&previous=true']) {
    const text = await kubernetes.readText(path + query, signal).catch(() => '');
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length > 0) return { pod: name, container, lines: lines.slice(-maxLines) };
  }
  return undefined;
}
