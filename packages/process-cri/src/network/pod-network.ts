import { existsSync, writeFileSync } from 'node:fs';
import { runCommand } from '../engine/run-command.ts';

export interface PodNetwork {
  /** Name below /run/netns. */
  readonly name: string;
  /** The node's end of the veth pair. */
  readonly veth: string;
  readonly address: string;
}

export function netnsPath(network: Pick<PodNetwork, 'name'>): string {
  return `/run/netns/${network.name}`;
}

/** Names derived from the sandbox's id: an interface's name has at most 15 characters. */
export function networkNames(sandboxId: string): Pick<PodNetwork, 'name' | 'veth'> {
  return { name: `cri-${sandboxId}`, veth: `v${sandboxId.slice(0, 12)}` };
}

/**
 * The node routes between its Pods: it forwards, and sends no redirects when a packet leaves where it came in, as it does when a Pod
 * reaches itself through its Service.
 */
export function prepareNode(): void {
  for (const [name, value] of [
    ['ip_forward', '1'],
    ['conf/all/send_redirects', '0'],
    ['conf/default/send_redirects', '0'],
  ] as const) {
    writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
  }
}

/**
 * Makes a Pod's namespace with one routed veth: no bridge, so every packet, also from Pod to Pod, passes the node's routing and
 * kube-proxy's rules there. One shell runs the few `ip` calls.
 */
export async function addPodNetwork(
  network: PodNetwork,
  gateway: string,
  sysctls: Readonly<Record<string, string>>,
): Promise<void> {
  const { name, veth, address } = network;
  const node = [
    `link add ${veth} type veth peer name eth0 netns ${name}`,
    `link set ${veth} up`,
    `route add ${address}/32 dev ${veth}`,
  ];
  const pod = [
    'link set lo up',
    `addr add ${address}/32 dev eth0`,
    'link set eth0 up',
    `route add ${gateway} dev eth0 scope link`,
    `route add default via ${gateway} dev eth0`,
  ];
  const settings = Object.entries(sysctls).map(([key, value]) => `${key.replaceAll('.', '/')}\n${value}\n`);
  const script = `set -e
ip netns add "$1"
printf %s "$2" | ip -batch -
printf %s "$3" | ip -n "$1" -batch -
test -z "$4" || printf %s "$4" | nsenter --net="/run/netns/$1" sh -c 'while read -r key; read -r value; do echo "$value" > "/proc/sys/$key" || exit; done'`;
  try {
    const args = ['-c', script, 'sh', name, node.join('\n') + '\n', pod.join('\n') + '\n', settings.join('')];
    await runCommand(`giving a Pod the address ${address}`, 'sh', args);
  } catch (error) {
    await removePodNetwork(network).catch(() => undefined);
    throw error;
  }
}

/** Removes what is there of it. */
export async function removePodNetwork(network: PodNetwork): Promise<void> {
  // The pair goes with either end; the namespace itself may live on for as long as a process is in it.
  const script = 'ip link del "$2" 2>/dev/null; test ! -e "/run/netns/$1" || ip netns del "$1"';
  await runCommand(`removing the network of ${network.address}`, 'sh', [
    '-c',
    script,
    'sh',
    network.name,
    network.veth,
  ]);
}

/** False after the node's namespaces have been made anew. */
export function podNetworkExists(network: PodNetwork): boolean {
  return existsSync(netnsPath(network)) && existsSync(`/proc/sys/net/ipv4/conf/${network.veth}`);
}
