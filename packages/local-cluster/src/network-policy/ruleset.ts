import type { V1Namespace } from '@kubernetes/client-node';
import type { Endpoint } from './endpoint.ts';
import { closes, policyRules, selected, type Direction, type Named, type NetworkPolicy } from './policy-rules.ts';

/** Everything that decides who may connect to whom. */
export interface PolicyWorld {
  readonly policies: readonly NetworkPolicy[];
  readonly namespaces: readonly V1Namespace[];
  /** Pods with a network of their own. Those in the node's network are the node to everyone. */
  readonly pods: readonly Endpoint[];
  /** What policies can name like Pods although it is none here; no policy closes it. */
  readonly standIns: readonly Endpoint[];
  readonly nodes: readonly { readonly address: string; readonly podCidr: string }[];
  /** Addresses that the nodes themselves speak from. What else is sent from their network namespace is of outside. */
  readonly ownAddresses: readonly string[];
}

const table = 'network-policy';

/**
 * The whole table, for `nft -f` in the nodes' network namespace, where it takes the place of the former one in one transaction.
 *
 * A packet passes two chains: its sender's policies decide on one hook, its receiver's on a later one. Replies pass with their connection.
 * What comes from an address of a Pod that is not known, or goes to one, is dropped, so no Pod is ever open before its policies are in force.
 */
export function rulesetText({ policies, namespaces, pods, standIns, nodes, ownAddresses }: PolicyWorld): string {
  const named: Named = {
    endpoints: [...pods, ...standIns],
    namespaces: new Map(namespaces.map(({ metadata }) => [metadata?.name ?? '', metadata?.labels ?? {}])),
  };
  const sorted = policies.toSorted((a, b) => titleOf(a).localeCompare(titleOf(b), 'en'));
  const ranges = `{ ${nodes.map(({ podCidr }) => podCidr).join(', ')} }`;
  const directions = (['egress', 'ingress'] as const).map((direction) =>
    directionChains(direction, sorted, pods, named, ranges),
  );
  const lines = [
    set(
      'set pods',
      'ipv4_addr',
      pods.map(({ address }) => address),
    ),
    set(
      'set itself',
      'ipv4_addr . ipv4_addr',
      pods.map(({ address }) => `${address} . ${address}`),
    ),
    ...directions,
    // A Pod and its own node reach each other whatever policies say; probes could not work otherwise.
    chain('input', [
      'type filter hook input priority filter; policy accept;',
      ...nodes.map(({ address, podCidr }) => `ip saddr ${podCidr} ip daddr ${address} accept`),
      'jump egress',
    ]),
    chain('output', [
      'type filter hook output priority filter; policy accept;',
      `ip saddr { ${['127.0.0.0/8', ...ownAddresses].join(', ')} } accept`,
      'jump ingress',
    ]),
    // kube-proxy does it for the Pods of the one node that it is told to be; without it the Pod takes its own packet for a forged one.
    chain('to-itself', [
      'type nat hook postrouting priority srcnat;',
      'ct status dnat ip saddr . ip daddr @itself masquerade',
    ]),
    chain('forward-egress', ['type filter hook forward priority filter; policy accept;', 'jump egress']),
    chain('forward-ingress', ['type filter hook forward priority filter + 1; policy accept;', 'jump ingress']),
  ];
  return `table ip ${table}\ndelete table ip ${table}\ntable ip ${table} {\n${lines.join('\n')}\n}\n`;
}

/** A chain for each policy, one for each set of policies that some Pod has, and the one that leads each Pod to its own. */
function directionChains(
  direction: Direction,
  policies: readonly NetworkPolicy[],
  pods: readonly Endpoint[],
  named: Named,
  ranges: string,
): string {
  const side = direction === 'ingress' ? 'daddr' : 'saddr';
  const chains: string[] = [];
  const policiesOf = new Map<string, string[]>();
  for (const [index, policy] of policies.filter((one) => closes(one, direction)).entries()) {
    const own = selected(policy, pods);
    if (own.length === 0) continue;
    // The number keeps names apart that are too long for a chain's.
    const name = `${direction}-${index}-${titleOf(policy)}`.slice(0, 200);
    chains.push(chain(name, policyRules(policy, direction, own, named)));
    for (const { address } of own) policiesOf.set(address, [...(policiesOf.get(address) ?? []), name]);
  }
  const groups = Map.groupBy(policiesOf, ([, names]) => names.join(' '));
  const verdicts = [...groups.values()].flatMap((group, index) => {
    const name = `${direction}-of-pods-${index}`;
    chains.push(chain(name, [...(group[0]?.[1] ?? []).map((policy) => `jump ${policy}`), 'counter drop']));
    return group.map(([address]) => `${address} : goto ${name}`);
  });
  return [
    ...chains,
    set(`map ${direction}-of`, 'ipv4_addr : verdict', verdicts),
    chain(direction, [
      'ct state established,related accept',
      'ip saddr . ip daddr @itself accept',
      `ip ${side} ${ranges} ip ${side} != @pods counter drop`,
      `ip ${side} vmap @${direction}-of`,
    ]),
  ].join('\n');
}

const titleOf = ({ metadata }: NetworkPolicy): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

const chain = (name: string, rules: readonly string[]): string =>
  [`  chain ${name} {`, ...rules.map((rule) => `    ${rule}`), '  }'].join('\n');

const set = (name: string, type: string, elements: readonly string[]): string =>
  [
    `  ${name} {`,
    `    type ${type};`,
    ...(elements.length === 0 ? [] : [`    elements = { ${elements.join(', ')} };`]),
    '  }',
  ].join('\n');
