import type { Violation } from './problem.ts';

/** The document as written, before it is known to be valid: rules run beside the schema so that all mistakes show at once. */
export interface Draft {
  at(...path: readonly PropertyKey[]): unknown;
}

/** Where the document was found. */
export interface Place {
  /** Name of the folder that holds the file; undefined where the file has none. */
  readonly folder: string | undefined;
}

/** Something that one field's schema cannot say. */
export type Rule = (draft: Draft, place: Place) => readonly Violation[];

const gateway = ['spec', 'gateway'];

const nameEqualsFolder: Rule = (draft, { folder }) => {
  const name = draft.at('metadata', 'name');
  if (typeof name !== 'string' || folder === undefined || name === folder) return [];
  return [
    {
      path: ['metadata', 'name'],
      message: `metadata.name must be the folder’s name, ${folder}`,
      remedy: `Write ${folder}, or rename the folder to ${name}.`,
    },
  ];
};

const replicasExcludeAutoscaling: Rule = (draft) => {
  if (draft.at(...gateway, 'replicas') === undefined || draft.at(...gateway, 'autoscaling') === undefined) return [];
  return [
    {
      path: [...gateway, 'replicas'],
      atKey: true,
      message: 'spec.gateway.replicas and spec.gateway.autoscaling exclude each other',
      remedy:
        'Remove replicas to scale by load (autoscaling.min is the fewest), or remove autoscaling for a fixed number.',
    },
  ];
};

const daemonSetHasNoScale: Rule = (draft) => {
  if (draft.at(...gateway, 'workload') !== 'DaemonSet') return [];
  return ['replicas', 'autoscaling']
    .filter((field) => draft.at(...gateway, field) !== undefined)
    .map((field) => ({
      path: [...gateway, field],
      atKey: true,
      message: `spec.gateway.${field} has no meaning for a DaemonSet, which runs one gateway on every node`,
      remedy: `Remove ${field}, or set spec.gateway.workload to Deployment.`,
    }));
};

const minAtMostMax: Rule = (draft) => {
  const min = draft.at(...gateway, 'autoscaling', 'min') ?? 3;
  const max = draft.at(...gateway, 'autoscaling', 'max') ?? 12;
  if (draft.at(...gateway, 'autoscaling') === undefined) return [];
  if (typeof min !== 'number' || typeof max !== 'number' || min <= max) return [];
  const path = [...gateway, 'autoscaling', draft.at(...gateway, 'autoscaling', 'min') === undefined ? 'max' : 'min'];
  return [
    {
      path,
      message: `spec.gateway.autoscaling.min (${min}) is above max (${max})`,
      remedy: `Lower min to at most ${max}, or raise max to at least ${min}.`,
    },
  ];
};

const sourceRangesNeedLoadBalancer: Rule = (draft) => {
  const ranges = draft.at(...gateway, 'exposure', 'sourceRanges');
  if (!Array.isArray(ranges) || ranges.length === 0) return [];
  if (draft.at(...gateway, 'exposure', 'type') !== 'NodePort') return [];
  return [
    {
      path: [...gateway, 'exposure', 'sourceRanges'],
      atKey: true,
      message: 'spec.gateway.exposure.sourceRanges would not be enforced: only a load balancer filters by source',
      remedy: 'Remove sourceRanges and filter in front of the nodes, or set exposure.type to LoadBalancer.',
    },
  ];
};

const nodePortsNeedNodePort: Rule = (draft) => {
  if (draft.at(...gateway, 'exposure', 'nodePorts') === undefined) return [];
  if (draft.at(...gateway, 'exposure', 'type') === 'NodePort') return [];
  return [
    {
      path: [...gateway, 'exposure', 'nodePorts'],
      atKey: true,
      message: 'spec.gateway.exposure.nodePorts is for type NodePort',
      remedy: 'Set exposure.type to NodePort, or remove nodePorts.',
    },
  ];
};

const domainsAreDistinct: Rule = (draft) => {
  const domains = draft.at('spec', 'domains');
  if (!Array.isArray(domains)) return [];
  return domains.flatMap((domain: unknown, index) => {
    if (typeof domain !== 'string') return [];
    const other = domains.findIndex(
      (zone: unknown, at) =>
        typeof zone === 'string' && (zone === domain ? at < index : domain.endsWith(`.${zone}`) && zone !== ''),
    );
    if (other === -1) return [];
    return [
      {
        path: ['spec', 'domains', index],
        message: `spec.domains[${index}] is covered by spec.domains[${other}] already`,
        remedy: 'Remove it: a zone covers all names below it.',
      },
    ];
  });
};

/** Every rule; the order is the order in which their findings of one line are shown. */
export const rules: readonly Rule[] = [
  nameEqualsFolder,
  domainsAreDistinct,
  replicasExcludeAutoscaling,
  daemonSetHasNoScale,
  minAtMostMax,
  sourceRangesNeedLoadBalancer,
  nodePortsNeedNodePort,
];
