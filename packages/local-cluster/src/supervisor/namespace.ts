import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Addresses, NodeAddress } from '../addresses.ts';

const run = promisify(execFile);

/**
 * Folders that programs write to by fixed paths. Private tmpfs mounts keep those writes out of the machine's own file
 * system; they end with the mount namespace.
 * `/sys/fs/cgroup` is covered because crun would otherwise put containers into the machine's cgroups.
 */
const privateFolders = ['/run', '/var/lib', '/var/log', '/sys/fs/cgroup'];

/** Covers the fixed paths that kubelet, CNI tools and `ip netns` write to. Call inside the mount namespace only. */
export async function coverSystemFolders(nodes: readonly NodeAddress[]): Promise<void> {
  for (const folder of privateFolders) await run('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'gatefleet', folder]);
  await mkdir('/run/netns', { recursive: true });
  for (const { name } of nodes) await mkdir(`/run/gatefleet/${name}`, { recursive: true, mode: 0o700 });
}

/**
 * Makes mounts below the cluster's folder visible in every mount namespace of the cluster: kubelet, which mounts volumes
 * there, lives in one of its own.
 */
export async function shareMounts(root: string): Promise<void> {
  await run('mount', ['--bind', root, root]);
  await run('mount', ['--make-shared', root]);
}

/**
 * A command in a mount namespace of its own in which the machine's cgroups can be seen again: kubelet reads the
 * machine's usage from there.
 */
export function seeingCgroups(command: string, args: readonly string[]): { command: string; args: readonly string[] } {
  const script = 'umount /sys/fs/cgroup && exec "$@"';
  return {
    command: 'unshare',
    args: ['--mount', '--propagation', 'unchanged', 'sh', '-c', script, 'sh', command, ...args],
  };
}

/**
 * Sets up the node namespace. All nodes share it: each has an address on `lo`, Pods are reached by one route each, and
 * everything is routed, so kube-proxy's rules see all traffic, also that of a Pod to itself through its Service.
 */
export async function configureNetwork(addresses: Addresses, nodes: readonly NodeAddress[]): Promise<void> {
  const commands = [
    'link set lo up',
    ...[addresses.host, addresses.dns, ...nodes.map(({ address }) => address), addresses.outside].map(
      (address) => `address add ${address}/32 dev lo`,
    ),
    // Locally made traffic needs a route before the translation of the Service address happens.
    `route add ${addresses.serviceCidr} dev lo src ${addresses.host}`,
    `route add ${addresses.loadBalancerCidr} dev lo src ${addresses.outside}`,
  ];
  const child = run('ip', ['-batch', '-']);
  child.child.stdin?.end(`${commands.join('\n')}\n`);
  await child;
  const settings = {
    'net/ipv4/ip_forward': '1',
    // Policies go by addresses: a Pod may not send from one that is not its own.
    'net/ipv4/conf/all/rp_filter': '1',
    'net/ipv4/conf/default/rp_filter': '1',
    'net/ipv4/conf/all/send_redirects': '0',
    'net/ipv4/conf/default/send_redirects': '0',
  };
  for (const [name, value] of Object.entries(settings)) await writeFile(`/proc/sys/${name}`, value);
}
