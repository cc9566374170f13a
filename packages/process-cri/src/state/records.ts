import { z } from 'zod';

const labels = z.record(z.string(), z.string());
/** Nanoseconds since 1970 as decimal text, as the CRI has its times; `0` is never. */
const time = z.string().regex(/^\d+$/);
const namespaceMode = z.enum(['POD', 'CONTAINER', 'NODE', 'TARGET']);

/** A Pod's sandbox as it is kept on disk. */
export const SandboxRecord = z.object({
  id: z.string(),
  metadata: z.object({ name: z.string(), uid: z.string(), namespace: z.string(), attempt: z.number() }),
  labels,
  annotations: labels,
  runtimeHandler: z.string(),
  createdAt: time,
  ready: z.boolean(),
  hostname: z.string(),
  logDirectory: z.string(),
  resolvConf: z.string(),
  containerSysctls: labels,
  namespaces: z.object({ network: namespaceMode, pid: namespaceMode, ipc: namespaceMode }),
  /** Absent with the node's network and after the sandbox was stopped: then its address is free. */
  network: z.object({ name: z.string(), veth: z.string(), address: z.string() }).optional(),
});
export type SandboxRecord = z.infer<typeof SandboxRecord>;

const decimal = z.string();

/** A container as it is kept on disk. Its environment is in its bundle only. */
export const ContainerRecord = z.object({
  id: z.string(),
  sandboxId: z.string(),
  metadata: z.object({ name: z.string(), attempt: z.number() }),
  image: z.string(),
  userSpecifiedImage: z.string(),
  imageId: z.string(),
  labels,
  annotations: labels,
  mounts: z.array(
    z.object({
      container_path: z.string(),
      host_path: z.string(),
      readonly: z.boolean(),
      propagation: z.string(),
      recursive_read_only: z.boolean(),
    }),
  ),
  resources: z
    .object({
      cpu_period: decimal,
      cpu_quota: decimal,
      cpu_shares: decimal,
      memory_limit_in_bytes: decimal,
      oom_score_adj: decimal,
    })
    .optional(),
  user: z.object({ uid: z.number(), gid: z.number(), additionalGids: z.array(z.number()) }),
  logPath: z.string(),
  tty: z.boolean(),
  stdin: z.enum(['none', 'open', 'once']),
  stopSignal: z.string(),
  /** What it asked for and does not get; shown in its verbose status. */
  notes: z.array(z.string()),
  /** The same where it changes what the program may do: the first line of its log. */
  warning: z.string(),
  state: z.enum(['CREATED', 'RUNNING', 'EXITED', 'UNKNOWN']),
  pid: z.number(),
  /** Start time of the process in clock ticks after boot: tells it from another one that got its pid later. */
  pidStart: z.string(),
  createdAt: time,
  startedAt: time,
  finishedAt: time,
  exitCode: z.number(),
  reason: z.string(),
  message: z.string(),
});
export type ContainerRecord = z.infer<typeof ContainerRecord>;
