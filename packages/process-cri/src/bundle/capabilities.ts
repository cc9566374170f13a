import { CriError } from '../errors.ts';
import type { LinuxContainerSecurityContext } from '../cri/messages.ts';
import type { OciCapabilities } from './oci-spec.ts';

/** By number, as in linux/capability.h. */
// prettier-ignore
export const capabilityNames = [
  'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_KILL', 'CAP_SETGID',
  'CAP_SETUID', 'CAP_SETPCAP', 'CAP_LINUX_IMMUTABLE', 'CAP_NET_BIND_SERVICE', 'CAP_NET_BROADCAST', 'CAP_NET_ADMIN',
  'CAP_NET_RAW', 'CAP_IPC_LOCK', 'CAP_IPC_OWNER', 'CAP_SYS_MODULE', 'CAP_SYS_RAWIO', 'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE', 'CAP_SYS_PACCT', 'CAP_SYS_ADMIN', 'CAP_SYS_BOOT', 'CAP_SYS_NICE', 'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME', 'CAP_SYS_TTY_CONFIG', 'CAP_MKNOD', 'CAP_LEASE', 'CAP_AUDIT_WRITE', 'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP', 'CAP_MAC_OVERRIDE', 'CAP_MAC_ADMIN', 'CAP_SYSLOG', 'CAP_WAKE_ALARM', 'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ', 'CAP_PERFMON', 'CAP_BPF', 'CAP_CHECKPOINT_RESTORE',
] as const;

/** What containerd and CRI-O grant when a Pod says nothing. */
// prettier-ignore
const granted: readonly string[] = [
  'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FSETID', 'CAP_FOWNER', 'CAP_MKNOD', 'CAP_NET_RAW', 'CAP_SETGID', 'CAP_SETUID',
  'CAP_SETFCAP', 'CAP_SETPCAP', 'CAP_NET_BIND_SERVICE', 'CAP_SYS_CHROOT', 'CAP_KILL', 'CAP_AUDIT_WRITE',
];

/**
 * The capabilities of a container. What the runtime does not hold itself (it may run in a container) is left out of the defaults;
 * asked for by name it is an error, since the container would fail later and less clearly.
 *
 * @param held - what the runtime may pass on.
 * @throws {@link CriError} `INVALID_ARGUMENT` for an unknown name, `FAILED_PRECONDITION` for one that is not held.
 */
export function planCapabilities(
  asked: LinuxContainerSecurityContext['capabilities'],
  held: ReadonlySet<string>,
): OciCapabilities {
  const add = (asked?.add_capabilities ?? []).map(fullName);
  const drop = (asked?.drop_capabilities ?? []).map(fullName);
  const ambient = (asked?.add_ambient_capabilities ?? []).map(fullName);
  // `add: [ALL]` with `drop: [X]` is all but X; `drop: [ALL]` with `add: [X]` is X alone.
  const wanted = new Set<string>(add.includes('ALL') ? capabilityNames : drop.includes('ALL') ? [] : granted);
  for (const name of drop) wanted.delete(name);
  for (const name of [...add, ...ambient]) {
    if (name === 'ALL') continue;
    if (!held.has(name))
      throw new CriError('FAILED_PRECONDITION', `adding capability ${name}: the runtime itself does not hold it`);
    wanted.add(name);
  }
  const list = [...wanted].filter((name) => held.has(name)).sort();
  return { bounding: list, effective: list, permitted: list, inheritable: ambient, ambient };
}

function fullName(asked: string): string {
  const upper = asked.toUpperCase();
  if (upper === 'ALL') return upper;
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (!(capabilityNames as readonly string[]).includes(name)) {
    throw new CriError('INVALID_ARGUMENT', `reading securityContext.capabilities: ${asked} is not a capability`);
  }
  return name;
}

/** @param mask - hexadecimal, as in /proc/PID/status. */
export function capabilitiesOfMask(mask: string): Set<string> {
  const bits = BigInt(`0x${mask}`);
  return new Set(capabilityNames.filter((_, number) => (bits >> BigInt(number)) & 1n));
}
