import type { OciSeccomp } from './oci-spec.ts';

/** System calls that Docker’s default profile withholds, and the capability that gives them back. */
const withheld: readonly { unless: string; names: readonly string[] }[] = [
  {
    unless: 'CAP_SYS_ADMIN',
    names: [
      'bpf',
      'fanotify_init',
      'fsconfig',
      'fsmount',
      'fsopen',
      'fspick',
      'lookup_dcookie',
      'mount',
      'mount_setattr',
      'move_mount',
      'open_tree',
      'perf_event_open',
      'pivot_root',
      'quotactl',
      'setns',
      'swapoff',
      'swapon',
      'umount',
      'umount2',
      'unshare',
    ],
  },
  { unless: 'CAP_SYS_BOOT', names: ['reboot', 'kexec_load', 'kexec_file_load'] },
  { unless: 'CAP_SYS_MODULE', names: ['init_module', 'finit_module', 'delete_module'] },
  { unless: 'CAP_SYS_PACCT', names: ['acct'] },
  { unless: 'CAP_SYS_RAWIO', names: ['iopl', 'ioperm'] },
  { unless: 'CAP_SYS_TIME', names: ['settimeofday', 'clock_settime', 'clock_adjtime'] },
  { unless: 'CAP_SYS_NICE', names: ['move_pages'] },
  { unless: 'CAP_DAC_READ_SEARCH', names: ['open_by_handle_at'] },
  { unless: 'none', names: ['add_key', 'keyctl', 'request_key', 'userfaultfd'] },
];

const CLONE_NEW_NAMESPACE = 0x7e020000;
const EPERM = 1;
const ENOSYS = 38;

/**
 * The profile of `RuntimeDefault`: everything is allowed but what could change the machine or make new namespaces. It is the deny list
 * of Docker’s default profile, not its allow list, so it stays short and never refuses a new harmless call.
 */
export function planSeccomp(capabilities: readonly string[], architecture: string): OciSeccomp {
  const names = withheld.filter(({ unless }) => !capabilities.includes(unless)).flatMap((rule) => rule.names);
  const syscalls: OciSeccomp['syscalls'] = [{ names, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM }];
  if (!capabilities.includes('CAP_SYS_ADMIN')) {
    for (let bit = 1; bit <= CLONE_NEW_NAMESPACE; bit *= 2) {
      if ((CLONE_NEW_NAMESPACE & bit) === 0) continue;
      const args = [{ index: 0, value: bit, valueTwo: bit, op: 'SCMP_CMP_MASKED_EQ' }];
      syscalls.push({ names: ['clone'], action: 'SCMP_ACT_ERRNO', errnoRet: EPERM, args });
    }
    // Its flags are behind a pointer; C libraries fall back to clone when it seems to be missing.
    syscalls.push({ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS });
  }
  return { defaultAction: 'SCMP_ACT_ALLOW', architectures: seccompArchitectures(architecture), syscalls };
}

function seccompArchitectures(architecture: string): string[] {
  if (architecture === 'x64') return ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'];
  if (architecture === 'arm64') return ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'];
  return [];
}
