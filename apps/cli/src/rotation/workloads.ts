import { z } from 'zod';
import type { Say } from '../output/progress.ts';
import { podsOf } from './replicas.ts';
import { until, type RotationWorld } from './rotate.ts';

type World = Pick<RotationWorld, 'kubernetes' | 'namespace' | 'signal'>;

const count = z.int().default(0);
const Volumes = z
  .array(
    z.object({
      secret: z.object({ secretName: z.string().optional() }).optional(),
      projected: z
        .object({ sources: z.array(z.object({ secret: z.object({ name: z.string() }).optional() })).default([]) })
        .optional(),
    }),
  )
  .default([]);
const annotations = z.record(z.string(), z.string()).default({});
const Workload = z.object({
  metadata: z.object({ name: z.string(), generation: z.int() }),
  spec: z.object({
    replicas: z.int().optional(),
    template: z.object({ metadata: z.object({ annotations }), spec: z.object({ volumes: Volumes }) }),
  }),
  status: z
    .object({
      observedGeneration: count,
      replicas: count,
      readyReplicas: count,
      updatedReplicas: count,
      desiredNumberScheduled: z.int().optional(),
      numberReady: count,
      updatedNumberScheduled: count,
    })
    .prefault({}),
});
type Workload = z.infer<typeof Workload>;

const Job = Workload.pick({ spec: true }).extend({
  metadata: z.object({ name: z.string() }),
  status: z.object({ active: count }).prefault({}),
});

const kinds = ['deployments', 'daemonsets', 'statefulsets'] as const;

/** What keeps Pods running that mount Secrets. */
export interface SecretsUser {
  readonly name: string;
  /** In the API. */
  readonly path: string;
  /** Names of all Secrets that they mount. */
  readonly secrets: readonly string[];
}

/** Whose Pods mount one of these Secrets. */
export async function workloadsWith(
  secrets: ReadonlySet<string>,
  { kubernetes, namespace, signal }: World,
): Promise<readonly SecretsUser[]> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const path = `/apis/apps/v1/namespaces/${namespace}/${kind}`;
      const { items } = z.object({ items: z.array(Workload) }).parse(await kubernetes.read(path, signal));
      return items.map((one) => {
        const { name } = one.metadata;
        return { name, path: `${path}/${name}`, secrets: secretsOf(one) };
      });
    }),
  );
  return lists.flat().filter((user) => user.secrets.some((name) => secrets.has(name)));
}

/** Waits until no Job runs that has mounted one of these Secrets as it was. */
export async function untilJobsEnded(secrets: ReadonlySet<string>, world: World, say: Say): Promise<void> {
  const { kubernetes, namespace, signal } = world;
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  await until(
    async () => {
      const { items } = z.object({ items: z.array(Job) }).parse(await kubernetes.read(path, signal));
      const running = items.find((one) => one.status.active > 0 && secretsOf(one).some((name) => secrets.has(name)));
      return running && `the Job ${running.metadata.name} to end`;
    },
    say,
    signal,
  );
}

function secretsOf({ spec }: Pick<Workload, 'spec'>): readonly string[] {
  return spec.template.spec.volumes.flatMap(({ secret, projected }) => [
    ...(secret?.secretName === undefined ? [] : [secret.secretName]),
    ...(projected?.sources ?? []).flatMap((source) => (source.secret === undefined ? [] : [source.secret.name])),
  ]);
}

/** On a template of Pods; with another value they are all replaced, as the workload says. Argo CD leaves what git does not name. */
const restartAnnotation = 'gatefleet.dev/restarted-for';

/** Has all Pods of a workload replaced, and waits until none of before is left; for one reason once. */
export async function restart({ name, path }: SecretsUser, reason: string, world: World, say: Say): Promise<void> {
  const { kubernetes, signal } = world;
  const read = async () => Workload.parse(await kubernetes.read(path, signal));
  const { spec } = await read();
  const before = new Set(await podsOf(name, world));
  const isNew = spec.template.metadata.annotations[restartAnnotation] !== reason;
  if (isNew) {
    const change = { spec: { template: { metadata: { annotations: { [restartAnnotation]: reason } } } } };
    await kubernetes.patch(`${path}?fieldManager=gatefleet-rotate`, change, signal);
  }
  await until(
    async () => {
      const now = await read();
      const { done, of } = rolledOut(now);
      if (done < of || now.status.observedGeneration < now.metadata.generation)
        return `${name}, ${done} of ${of} Pods new`;
      // In a StatefulSet Pods keep their names; the count of the new ones is enough there.
      const left =
        path.includes('/statefulsets/') || !isNew ? [] : (await podsOf(name, world)).filter((pod) => before.has(pod));
      return left.length === 0 ? undefined : `${name}, ${left.length} Pods of before to end`;
    },
    say,
    signal,
  );
}

/** Of the Pods that are to be, those that are new and ready, while none of before is counted any more. */
function rolledOut({ spec, status }: Workload): { readonly done: number; readonly of: number } {
  if (status.desiredNumberScheduled !== undefined) {
    const done = Math.min(status.updatedNumberScheduled, status.numberReady);
    return { done, of: status.desiredNumberScheduled };
  }
  const former = status.replicas - status.updatedReplicas;
  return { done: Math.min(status.updatedReplicas, status.readyReplicas) - former, of: spec.replicas ?? 1 };
}
