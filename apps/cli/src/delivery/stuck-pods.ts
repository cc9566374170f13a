import type { Pod } from './pods.ts';

/** A Pod that will not come to run by waiting. */
export interface StuckPod {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string;
  /** When it came to be, in milliseconds since 1970; NaN where its cluster does not say. */
  readonly createdMs: number;
  /** Its owner's name; a ReplicaSet's begins with that of its Deployment. Empty without an owner. */
  readonly madeBy: string;
  /** As Kubernetes has it, in one word. */
  readonly reason: string;
  readonly message: string;
}

/** Reasons of waiting containers that pass only by a change: of the image, the registry, the configuration or the program. */
const hopeless = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'ErrImageNeverPull',
  'ErrImagePull',
  'ImageInspectError',
  'ImagePullBackOff',
  'InvalidImageName',
  'RunContainerError',
]);

/** What holds Pods up that no more waiting will cure, one a Pod. */
export function stuckPods(pods: readonly Pod[]): readonly StuckPod[] {
  return pods.flatMap((pod) => {
    const { name, namespace, creationTimestamp, ownerReferences } = pod.metadata;
    const common = {
      namespace,
      pod: name,
      createdMs: Date.parse(creationTimestamp),
      madeBy: ownerReferences[0]?.name ?? '',
    };
    for (const { name: container, state, lastState } of [
      ...pod.status.initContainerStatuses,
      ...pod.status.containerStatuses,
    ]) {
      const { waiting } = state;
      if (waiting === undefined || !hopeless.has(waiting.reason)) continue;
      const ended = lastState.terminated;
      const words = [
        waiting.message,
        ended === undefined
          ? ''
          : `it ended with exit code ${ended.exitCode} (${ended.reason}) ${ended.message}`.trim(),
      ];
      const message = words.filter(Boolean).join('; ');
      return [{ ...common, container, reason: waiting.reason, message }];
    }
    const unscheduled = pod.status.conditions.find(
      ({ type, status, reason }) => type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
    );
    if (unscheduled === undefined) return [];
    return [{ ...common, reason: unscheduled.reason, message: unscheduled.message }];
  });
}
