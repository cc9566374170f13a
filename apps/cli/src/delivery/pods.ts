import { z } from 'zod';
import type { Kubernetes } from '../kubernetes.ts';

const ContainerState = z.object({
  waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
  terminated: z
    .object({ reason: z.string().default(''), message: z.string().default(''), exitCode: z.int() })
    .optional(),
});

const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  restartCount: z.int().default(0),
  state: ContainerState.default({}),
  lastState: ContainerState.default({}),
});

const Container = z.object({
  name: z.string(),
  image: z.string().default(''),
  args: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
});

/** As much of a Pod as is looked at here. */
export const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    creationTimestamp: z.string().default(''),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
  }),
  spec: z.object({ nodeName: z.string().optional(), containers: z.array(Container) }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
    })
    .prefault({}),
});
export type Pod = z.infer<typeof Pod>;

export const isReady = ({ status }: Pod): boolean =>
  status.conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True');

/** Pods of a namespace that are not on their way out. @param selector - a label selector; all when left out. */
export async function readPods(
  kubernetes: Kubernetes,
  namespace: string,
  signal?: AbortSignal,
  selector?: string,
): Promise<readonly Pod[]> {
  const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  const answer = await kubernetes.read(`/api/v1/namespaces/${namespace}/pods${query}`, signal);
  const { items } = z.object({ items: z.array(Pod) }).parse(answer);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
