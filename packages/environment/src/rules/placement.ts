import { itemsAt, type Rule } from './rule.ts';

const gateway = ['spec', 'gateway'];

const isNone = (value: unknown) => value === 0 || value === '0%';

export const rolloutCanMove: Rule = (draft) => {
  const [surge, unavailable] = ['maxSurge', 'maxUnavailable'].map((field) => draft.at(...gateway, 'rollout', field));
  const hasHostPorts = draft.at(...gateway, 'exposure', 'type') === 'HostPorts';
  if (hasHostPorts && surge !== undefined && !isNone(surge)) {
    return [
      {
        path: [...gateway, 'rollout', 'maxSurge'],
        message: 'spec.gateway.rollout.maxSurge starts a gateway on a node whose ports another one has',
        remedy: 'Write 0, with maxUnavailable 1, or leave both out.',
      },
    ];
  }
  if (!isNone(surge ?? (hasHostPorts ? 0 : 1)) || !isNone(unavailable ?? (hasHostPorts ? 1 : 0))) return [];
  const field = surge === undefined ? 'maxUnavailable' : 'maxSurge';
  return [
    {
      path: [...gateway, 'rollout', field],
      message: 'spec.gateway.rollout lets no gateway start and none end: no version would ever replace another',
      remedy: hasHostPorts ? 'Write maxUnavailable: 1.' : 'Write maxSurge: 1, or maxUnavailable: 1.',
    },
  ];
};

/** @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/apps/validation/validation.go (ValidateRollingUpdateDaemonSet) */
export const daemonSetRollsOneWay: Rule = (draft) => {
  const [surge, unavailable] = ['maxSurge', 'maxUnavailable'].map((field) => draft.at(...gateway, 'rollout', field));
  const isSome = (value: unknown) => value !== undefined && !isNone(value);
  if (draft.at(...gateway, 'workload') !== 'DaemonSet' || !isSome(surge) || !isSome(unavailable)) return [];
  return [
    {
      path: [...gateway, 'rollout', 'maxUnavailable'],
      atKey: true,
      message: 'spec.gateway.rollout of a DaemonSet starts gateways before others end, or after, not both',
      remedy: 'Remove maxSurge or maxUnavailable.',
    },
  ];
};

export const spreadNeedsDeployment: Rule = (draft) => {
  if (draft.at(...gateway, 'workload') !== 'DaemonSet' || draft.at(...gateway, 'spread') === undefined) return [];
  return [
    {
      path: [...gateway, 'spread'],
      atKey: true,
      message: 'spec.gateway.spread has no meaning for a DaemonSet, which runs one gateway on every node',
      remedy: 'Remove spread, or set spec.gateway.workload to Deployment.',
    },
  ];
};

export const tolerationsAreWhole: Rule = (draft) =>
  itemsAt(draft, ...gateway, 'tolerations').flatMap((_, index) => {
    const path = [...gateway, 'tolerations', index];
    const [key, operator, value] = ['key', 'operator', 'value'].map((field) => draft.at(...path, field));
    const name = `spec.gateway.tolerations[${index}]`;
    if (operator === 'Exists') {
      if (value === undefined) return [];
      return [
        {
          path: [...path, 'value'],
          message: `${name}.value has no meaning with operator Exists`,
          remedy: 'Remove value, or set operator to Equal.',
        },
      ];
    }
    if (key !== undefined) return [];
    return [
      { path, message: `${name} names no key`, remedy: 'Add key, or set operator to Exists to bear every taint.' },
    ];
  });
