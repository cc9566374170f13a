import { formatObjectId } from '@gatefleet/kustomize';
import { mappingOf } from '../../mapping.ts';
import type { BuildRule } from '../../rule.ts';

/** Fields of a Deployment that a DaemonSet does not have. */
const deploymentOnly = ['replicas', 'strategy', 'progressDeadlineSeconds', 'paused'] as const;

export const daemonSetHasNoLeftovers: BuildRule = {
  id: 'daemon-set-has-no-leftovers',
  group: 'kind-switch',
  scope: 'build',
  severity: 'error',
  summary: 'A DaemonSet with fields of the Deployment that it was, or an autoscaler of one.',
  why: 'The API server refuses fields that a DaemonSet does not have, and an autoscaler cannot scale one.',
  remedy: 'Remove what belongs to a Deployment, in the patch that changes the kind.',
  *check({ objects }) {
    for (const daemonSet of objects.ofKind('DaemonSet')) {
      const { id, object } = daemonSet;
      const spec = mappingOf(object['spec']);
      for (const field of deploymentOnly.filter((each) => Object.hasOwn(spec, each))) {
        yield {
          message: `${formatObjectId(id)} has ${field}, which only a Deployment has`,
          position: daemonSet.positionOf(['spec', field], { atKey: true }),
          remedy: `Set ${field}: null in the patch that makes it a DaemonSet${field === 'strategy' ? ', and use updateStrategy' : ''}.`,
          object: id,
        };
      }
    }
    for (const autoscaler of objects.ofKind('HorizontalPodAutoscaler')) {
      const { kind, name } = mappingOf(mappingOf(autoscaler.object['spec'])['scaleTargetRef']);
      if (kind !== 'DaemonSet') continue;
      yield {
        message: `${formatObjectId(autoscaler.id)} scales the DaemonSet ${String(name)}, which has a Pod on every node`,
        position: autoscaler.positionOf(['spec', 'scaleTargetRef', 'kind']),
        remedy: 'Remove the autoscaler.',
        object: autoscaler.id,
      };
    }
  },
};
