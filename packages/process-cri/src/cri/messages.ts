/**
 * The CRI messages this runtime reads, as proto-loader decodes them: every field present, unset messages null, 64-bit integers as
 * decimal text. Field comments are in the proto file. Fields that nothing here reads are left out.
 *
 * @packageDocumentation
 */
export type Labels = Record<string, string>;

export type Int64 = string;
export interface Int64Value {
  value: Int64;
}

export type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET';
export interface NamespaceOption {
  network: NamespaceMode;
  pid: NamespaceMode;
  ipc: NamespaceMode;
  target_id: string;
  userns_options: { mode: NamespaceMode } | null;
}
export interface SecurityProfile {
  profile_type: 'RuntimeDefault' | 'Unconfined' | 'Localhost';
  localhost_ref: string;
}

export interface PodSandboxMetadata {
  name: string;
  uid: string;
  namespace: string;
  attempt: number;
}
export interface PodSandboxConfig {
  metadata: PodSandboxMetadata | null;
  hostname: string;
  log_directory: string;
  dns_config: DnsConfig | null;
  port_mappings: { protocol: string; container_port: number; host_port: number; host_ip: string }[];
  labels: Labels;
  annotations: Labels;
  linux: {
    sysctls: Record<string, string>;
    security_context: { namespace_options: NamespaceOption | null; privileged: boolean } | null;
  } | null;
}
export interface DnsConfig {
  servers: string[];
  searches: string[];
  options: string[];
}

export interface Mount {
  container_path: string;
  host_path: string;
  readonly: boolean;
  propagation: 'PROPAGATION_PRIVATE' | 'PROPAGATION_HOST_TO_CONTAINER' | 'PROPAGATION_BIDIRECTIONAL';
  recursive_read_only: boolean;
  image: ImageSpec | null;
  uidMappings: unknown[];
  gidMappings: unknown[];
}
export interface ImageSpec {
  image: string;
  annotations: Labels;
  user_specified_image: string;
  runtime_handler: string;
}
export interface LinuxContainerResources {
  cpu_period: Int64;
  cpu_quota: Int64;
  cpu_shares: Int64;
  memory_limit_in_bytes: Int64;
  oom_score_adj: Int64;
}
export interface LinuxContainerSecurityContext {
  capabilities: { add_capabilities: string[]; drop_capabilities: string[]; add_ambient_capabilities: string[] } | null;
  privileged: boolean;
  namespace_options: NamespaceOption | null;
  run_as_user: Int64Value | null;
  run_as_group: Int64Value | null;
  run_as_username: string;
  readonly_rootfs: boolean;
  supplemental_groups: Int64[];
  supplemental_groups_policy: 'Merge' | 'Strict';
  no_new_privs: boolean;
  masked_paths: string[];
  readonly_paths: string[];
  seccomp: SecurityProfile | null;
  apparmor: SecurityProfile | null;
}
export interface ContainerMetadata {
  name: string;
  attempt: number;
}
export interface ContainerConfig {
  metadata: ContainerMetadata | null;
  image: ImageSpec | null;
  command: string[];
  args: string[];
  working_dir: string;
  envs: { key: string; value: Uint8Array }[];
  mounts: Mount[];
  devices: { host_path: string }[];
  CDI_devices: { name: string }[];
  labels: Labels;
  annotations: Labels;
  log_path: string;
  stdin: boolean;
  stdin_once: boolean;
  tty: boolean;
  stop_signal: string;
  linux: { resources: LinuxContainerResources | null; security_context: LinuxContainerSecurityContext | null } | null;
}

export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';
export type SandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
export type ContainerEventType =
  'CONTAINER_CREATED_EVENT' | 'CONTAINER_STARTED_EVENT' | 'CONTAINER_STOPPED_EVENT' | 'CONTAINER_DELETED_EVENT';
