import { describe } from '@jest/globals';
import { object, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { budgetFitsKind } from './budget-fits-kind.ts';
import { daemonSetHasNoLeftovers } from './daemon-set-has-no-leftovers.ts';

describe('daemon-set-has-no-leftovers', () => {
  const autoscaler = object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    'spec:\n  scaleTargetRef:\n    kind: DaemonSet\n    name: web',
  );
  objectTable(
    daemonSetHasNoLeftovers,
    [
      {
        name: 'replicas',
        objects: workload({ kind: 'DaemonSet', spec: 'replicas: 3' }),
        finds: [
          'error daemon-set-has-no-leftovers "replicas: 3" DaemonSet shop/web has replicas, which only a Deployment has → Set replicas: null in the patch that makes it a DaemonSet.',
        ],
        remedied: { '  replicas: 3\n': '' },
      },
      {
        name: 'a strategy',
        objects: workload({ kind: 'DaemonSet', spec: 'strategy:\n  type: RollingUpdate' }),
        finds: [
          'error daemon-set-has-no-leftovers "strategy:" DaemonSet shop/web has strategy, which only a Deployment has → Set strategy: null in the patch that makes it a DaemonSet, and use updateStrategy.',
        ],
        remedied: { '  strategy:': '  updateStrategy:' },
      },
      {
        name: 'an autoscaler',
        objects: `${autoscaler}---\n${workload({ kind: 'DaemonSet' })}`,
        finds: [
          'error daemon-set-has-no-leftovers "DaemonSet" HorizontalPodAutoscaler shop/web scales the DaemonSet web, which has a Pod on every node → Remove the autoscaler.',
        ],
        remedied: { [`${autoscaler}---\n`]: '' },
      },
    ],
    { 'a Deployment': workload({ spec: 'replicas: 3\nstrategy:\n  type: RollingUpdate' }) },
  );
});

describe('budget-fits-kind', () => {
  const budget = (spec: string) =>
    object(
      'policy/v1',
      'PodDisruptionBudget',
      'web',
      `spec:\n  ${spec}\n  selector:\n    matchLabels:\n      app: web`,
    );
  const daemonSet = workload({ kind: 'DaemonSet' });
  objectTable(
    budgetFitsKind,
    [
      {
        name: 'maxUnavailable for a DaemonSet',
        objects: `${budget('maxUnavailable: 1')}---\n${daemonSet}`,
        finds: [
          'error budget-fits-kind "1" PodDisruptionBudget shop/web selects Pods of DaemonSet shop/web with maxUnavailable: 1, which cannot be computed for them → Remove the budget: a drain leaves a DaemonSet’s Pods where they are.',
        ],
        remedied: { [`${budget('maxUnavailable: 1')}---\n`]: '' },
      },
      {
        name: 'a share for a DaemonSet',
        objects: `${budget('minAvailable: 50%')}---\n${daemonSet}`,
        finds: [
          'error budget-fits-kind "50%" PodDisruptionBudget shop/web selects Pods of DaemonSet shop/web with minAvailable: 50%, which cannot be computed for them → Remove the budget: a drain leaves a DaemonSet’s Pods where they are.',
        ],
        remedied: { [`${budget('minAvailable: 50%')}---\n`]: '' },
      },
    ],
    {
      'a share for a Deployment': stream(budget('maxUnavailable: 50%'), workload()),
      'a number for a DaemonSet': stream(budget('minAvailable: 1'), daemonSet),
    },
  );
});
