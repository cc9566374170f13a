import type {
  ContainerConfig,
  LinuxContainerSecurityContext,
  NamespaceOption,
  PodSandboxConfig,
} from '../cri/messages.ts';
import { CriError } from '../errors.ts';

/** One thing that Pods can ask for and this runtime does not do. */
interface Refusal<T> {
  readonly when: (asked: T) => boolean;
  readonly what: string;
  readonly hint?: string;
}

const namespaceRefusals: readonly Refusal<NamespaceOption>[] = [
  {
    when: ({ pid }) => pid === 'POD',
    what: 'shareProcessNamespace',
    hint: 'each container has its own process namespace',
  },
  { when: ({ pid }) => pid === 'NODE', what: 'hostPID' },
  {
    when: ({ pid }) => pid === 'TARGET',
    what: 'an ephemeral container that targets another one',
    hint: 'use kubectl exec',
  },
  { when: ({ ipc }) => ipc === 'NODE', what: 'hostIPC' },
  { when: ({ userns_options: users }) => users?.mode === 'POD', what: 'hostUsers: false' },
];

const securityRefusals: readonly Refusal<LinuxContainerSecurityContext>[] = [
  {
    when: ({ privileged }) => privileged,
    what: 'a privileged container',
    hint: 'the containers here are processes of this machine; add the capabilities it needs instead',
  },
  {
    when: ({ seccomp }) => seccomp?.profile_type === 'Localhost',
    what: 'a seccomp profile of the machine',
    hint: 'use RuntimeDefault',
  },
  { when: ({ apparmor }) => apparmor?.profile_type === 'Localhost', what: 'an AppArmor profile of the machine' },
];

const containerRefusals: readonly Refusal<ContainerConfig>[] = [
  { when: ({ devices }) => devices.length > 0, what: 'devices of the machine' },
  { when: ({ CDI_devices: devices }) => devices.length > 0, what: 'CDI devices' },
];

const podRefusals: readonly Refusal<PodSandboxConfig>[] = [
  { when: ({ linux }) => linux?.security_context?.privileged === true, what: 'a privileged container' },
  {
    when: ({ port_mappings: ports, linux }) =>
      linux?.security_context?.namespace_options?.network !== 'NODE' && ports.some(({ host_port: port }) => port > 0),
    what: 'hostPort',
    hint: 'use a Service, or hostNetwork',
  },
];

/** @throws {@link CriError} `UNIMPLEMENTED` that names the first thing that cannot be done. */
export function refusePod(config: PodSandboxConfig): void {
  const pod = `Pod ${config.metadata?.namespace ?? ''}/${config.metadata?.name ?? ''}`;
  check(pod, config, podRefusals);
  const namespaces = config.linux?.security_context?.namespace_options;
  if (namespaces != null) check(pod, namespaces, namespaceRefusals);
}

/** @throws {@link CriError} `UNIMPLEMENTED` that names the first thing that cannot be done. */
export function refuseContainer(config: ContainerConfig): void {
  const container = `container ${config.metadata?.name ?? ''}`;
  check(container, config, containerRefusals);
  const security = config.linux?.security_context;
  if (security == null) return;
  check(container, security, securityRefusals);
  if (security.namespace_options !== null) check(container, security.namespace_options, namespaceRefusals);
}

function check<T>(whose: string, asked: T, refusals: readonly Refusal<T>[]): void {
  const refusal = refusals.find(({ when }) => when(asked));
  if (refusal === undefined) return;
  const options = refusal.hint === undefined ? {} : { hint: refusal.hint };
  throw new CriError('UNIMPLEMENTED', `preparing ${whose}: process-cri does not support ${refusal.what}`, options);
}
