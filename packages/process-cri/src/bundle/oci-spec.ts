/** The parts of the OCI runtime specification that are used here. @see https://github.com/opencontainers/runtime-spec */
export interface OciSpec {
  ociVersion: string;
  process: OciProcess;
  root: { path: string; readonly: boolean };
  hostname?: string;
  mounts: OciMount[];
  linux: {
    namespaces: { type: 'pid' | 'network' | 'ipc' | 'uts' | 'mount'; path?: string }[];
    maskedPaths: string[];
    readonlyPaths: string[];
    rootfsPropagation: 'private' | 'slave' | 'shared';
    seccomp?: OciSeccomp;
    sysctl: Record<string, string>;
  };
}
export interface OciProcess {
  terminal: boolean;
  user: { uid: number; gid: number; additionalGids: number[] };
  args: string[];
  env: string[];
  cwd: string;
  capabilities: OciCapabilities;
  noNewPrivileges: boolean;
  oomScoreAdj: number;
  rlimits: { type: 'RLIMIT_CORE'; soft: number; hard: number }[];
}
export interface OciCapabilities {
  bounding: string[];
  effective: string[];
  permitted: string[];
  inheritable: string[];
  ambient: string[];
}
export interface OciMount {
  destination: string;
  type: string;
  source: string;
  options: string[];
}
export interface OciSeccomp {
  defaultAction: 'SCMP_ACT_ALLOW';
  architectures: string[];
  syscalls: {
    names: string[];
    action: 'SCMP_ACT_ERRNO';
    errnoRet: number;
    args?: { index: number; value: number; valueTwo?: number; op: string }[];
  }[];
}
