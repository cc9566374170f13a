import type { Rule } from './rule.ts';

const gateway = ['spec', 'gateway'];

export const sourceRangesNeedLoadBalancer: Rule = (draft) => {
  const ranges = draft.at(...gateway, 'exposure', 'sourceRanges');
  if (!Array.isArray(ranges) || ranges.length === 0) return [];
  const type = draft.at(...gateway, 'exposure', 'type') ?? 'LoadBalancer';
  if (type === 'LoadBalancer') return [];
  return [
    {
      path: [...gateway, 'exposure', 'sourceRanges'],
      atKey: true,
      message: 'spec.gateway.exposure.sourceRanges would not be enforced: only a load balancer filters by source',
      remedy: 'Remove sourceRanges and filter in front of the nodes, or set exposure.type to LoadBalancer.',
    },
  ];
};

export const nodePortsNeedNodePort: Rule = (draft) => {
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

export const hostPortsNeedHostPorts: Rule = (draft) => {
  if (draft.at(...gateway, 'exposure', 'hostPorts') === undefined) return [];
  if (draft.at(...gateway, 'exposure', 'type') === 'HostPorts') return [];
  return [
    {
      path: [...gateway, 'exposure', 'hostPorts'],
      atKey: true,
      message: 'spec.gateway.exposure.hostPorts is for type HostPorts',
      remedy: 'Set exposure.type to HostPorts, or remove hostPorts.',
    },
  ];
};

/** A Service shows its gateways the node that took a request, so all clients would be as few as there are nodes. */
export const clientsAreTold: Rule = (draft) => {
  if (draft.at(...gateway, 'maxRequestsPerClient') === undefined) return [];
  const proxies = draft.at(...gateway, 'trustedProxies');
  if (Array.isArray(proxies) && proxies.length > 0) return [];
  if (draft.at(...gateway, 'exposure', 'type') === 'HostPorts') return [];
  return [
    {
      path: [...gateway, 'maxRequestsPerClient'],
      atKey: true,
      message: 'spec.gateway.maxRequestsPerClient would count all clients as one: nothing tells gateways who asks',
      remedy:
        'List the load balancers that do so in trustedProxies, set exposure.type to HostPorts, or remove maxRequestsPerClient.',
    },
  ];
};

export const proxyProtocolNeedsProxies: Rule = (draft) => {
  if (draft.at(...gateway, 'proxyProtocol') !== true) return [];
  const proxies = draft.at(...gateway, 'trustedProxies');
  if (Array.isArray(proxies) && proxies.length > 0) return [];
  return [
    {
      path: [...gateway, 'proxyProtocol'],
      atKey: true,
      message: 'spec.gateway.proxyProtocol trusts nobody: spec.gateway.trustedProxies is empty',
      remedy: 'List the networks of the load balancers in trustedProxies, or remove proxyProtocol.',
    },
  ];
};
