import { mappingOf } from '../mapping.ts';
import { valueAt, type BuildInput, type BuiltObject } from './build-input.ts';
import type { Workload } from './workload.ts';

/** The autoscaler of a workload, if it has one. */
export function autoscalerOf({ objects }: BuildInput, { kind, namespace, object }: Workload): BuiltObject | undefined {
  return objects.ofKind('HorizontalPodAutoscaler').find((autoscaler) => {
    const target = mappingOf(valueAt(autoscaler.object, ['spec', 'scaleTargetRef']));
    return autoscaler.id.namespace === namespace && target['kind'] === kind && target['name'] === object.id.name;
  });
}

/** Pods of the workload at its quietest; undefined where nodes decide. */
export function leastReplicas(input: BuildInput, workload: Workload): number | undefined {
  if (workload.kind === 'DaemonSet') return undefined;
  const autoscaler = autoscalerOf(input, workload);
  const wanted =
    autoscaler === undefined
      ? valueAt(workload.object.object, ['spec', 'replicas'])
      : valueAt(autoscaler.object, ['spec', 'minReplicas']);
  return typeof wanted === 'number' ? wanted : 1;
}

/** A number, or a share of `of` in percent; rounded as asked. Undefined where it is neither. */
export function countOf(value: unknown, of: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  if (percent === undefined) return undefined;
  return round === 'up' ? Math.ceil((Number(percent) / 100) * of) : Math.floor((Number(percent) / 100) * of);
}
