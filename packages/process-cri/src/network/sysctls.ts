import { CriError } from '../errors.ts';

/** What kubelet calls safe: it changes the Pod’s own namespaces only. */
const safe = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

export interface SysctlPlan {
  /** Set once in the Pod’s network namespace. */
  readonly network: Readonly<Record<string, string>>;
  /** Set in each container, which has an IPC namespace of its own. */
  readonly container: Readonly<Record<string, string>>;
}

/**
 * Sorts a Pod’s sysctls by where they belong. Ports below 1024 are open to all users of a Pod unless it says otherwise, as containerd
 * and Docker have it.
 *
 * @throws {@link CriError} `INVALID_ARGUMENT` for one that is not safe, or of the network when the Pod is in the node’s.
 */
export function planSysctls(asked: Readonly<Record<string, string>>, hostNetwork: boolean): SysctlPlan {
  const network: Record<string, string> = hostNetwork ? {} : { 'net.ipv4.ip_unprivileged_port_start': '0' };
  const container: Record<string, string> = {};
  for (const [name, value] of Object.entries(asked)) {
    if (!safe.has(name))
      throw new CriError('INVALID_ARGUMENT', `setting sysctl ${name}: only these can be set: ${[...safe].join(', ')}`);
    if (!name.startsWith('net.')) container[name] = value;
    else if (hostNetwork)
      throw new CriError('INVALID_ARGUMENT', `setting sysctl ${name}: the Pod has the network of the node`);
    else network[name] = value;
  }
  return { network, container };
}
