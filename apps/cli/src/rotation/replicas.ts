import { KeysReport } from '@gatefleet/certificate-report';
import { z } from 'zod';
import { CliError } from '../errors.ts';
import type { Say } from '../output/progress.ts';
import { until, type RotationWorld } from './rotate.ts';

type World = Pick<RotationWorld, 'kubernetes' | 'namespace' | 'signal'>;

const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ phase: z.string().default('Pending') }).prefault({}),
    }),
  ),
});

/** Names of the component's Pods, those on their way out among them, that have not ended. */
export async function podsOf(component: string, { kubernetes, namespace, signal }: World): Promise<readonly string[]> {
  const selector = encodeURIComponent(`app.kubernetes.io/name=${component}`);
  const answer = await kubernetes.read(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`, signal);
  const { items } = Pods.parse(answer);
  return items
    .filter(({ status }) => status.phase !== 'Succeeded' && status.phase !== 'Failed')
    .map(({ metadata }) => metadata.name);
}

/** Has kubelet bring what is mounted into the component's Pods up to date now: a change to a Pod makes it look, which it else does once a minute. */
export async function refreshMounts(component: string, world: World): Promise<void> {
  const { kubernetes, namespace, signal } = world;
  const at = new Date().toISOString();
  const pods = await podsOf(component, world);
  await Promise.all(
    pods.map((pod) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
      const change = { metadata: { annotations: { 'gatefleet.dev/secrets-changed-at': at } } };
      // One that has gone meanwhile needs nothing any more; whether all have the new content is asked of them.
      return kubernetes.patch(path, change, signal).catch(() => undefined);
    }),
  );
}

const REFRESH_EVERY_MS = 10_000;

/** Waits until every replica of the controller tells what it is to tell. */
export async function untilReplicas(
  tells: (report: KeysReport) => boolean,
  what: string,
  world: World,
  say: Say,
): Promise<void> {
  const { kubernetes, namespace, signal } = world;
  let refreshedAt = -Infinity;
  await until(
    async () => {
      // Again and again: kubelet may hear of the Pod before it hears of the Secret.
      if (performance.now() - refreshedAt > REFRESH_EVERY_MS) {
        await refreshMounts('acme-controller', world);
        refreshedAt = performance.now();
      }
      const pods = await podsOf('acme-controller', world);
      const told = await Promise.all(
        pods.map(async (pod) => {
          const path = `/api/v1/namespaces/${namespace}/pods/${pod}:8403/proxy/keys`;
          const report = await kubernetes.read(path, signal).catch(unlessNotThere);
          return report !== undefined && tells(KeysReport.parse(report));
        }),
      );
      const right = told.filter(Boolean).length;
      return right === pods.length && right > 0
        ? undefined
        : `${pods.length - right} of ${pods.length} replicas to ${what}`;
    },
    say,
    signal,
  );
}

/** A replica that starts or ends does not answer. */
function unlessNotThere(error: unknown): undefined {
  if (error instanceof CliError) return undefined;
  throw error;
}
