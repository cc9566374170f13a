import type { ContainerRecord, SandboxRecord } from '../state/records.ts';
import type { ContainerState, Labels } from './messages.ts';

/** Records as the CRI's messages. */
export function sandboxMessage(record: SandboxRecord): object {
  return {
    id: record.id,
    metadata: record.metadata,
    state: record.ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    created_at: record.createdAt,
    labels: record.labels,
    annotations: record.annotations,
    runtime_handler: record.runtimeHandler,
  };
}

export function sandboxStatusMessage(record: SandboxRecord): object {
  return {
    ...sandboxMessage(record),
    network: { ip: record.network?.address ?? '' },
    linux: { namespaces: { options: record.namespaces } },
  };
}

export function containerState(record: ContainerRecord): ContainerState {
  return `CONTAINER_${record.state}`;
}

export function containerMessage(record: ContainerRecord): object {
  return {
    id: record.id,
    pod_sandbox_id: record.sandboxId,
    metadata: record.metadata,
    image: imageMessage(record),
    image_ref: record.imageId,
    image_id: record.imageId,
    state: containerState(record),
    created_at: record.createdAt,
    labels: record.labels,
    annotations: record.annotations,
  };
}

export function containerStatusMessage(record: ContainerRecord): object {
  const { uid, gid, additionalGids } = record.user;
  return {
    id: record.id,
    metadata: record.metadata,
    state: containerState(record),
    created_at: record.createdAt,
    started_at: record.startedAt,
    finished_at: record.finishedAt,
    exit_code: record.exitCode,
    image: imageMessage(record),
    image_ref: record.imageId,
    image_id: record.imageId,
    reason: record.reason,
    message: record.message,
    labels: record.labels,
    annotations: record.annotations,
    mounts: record.mounts,
    log_path: record.logPath,
    ...(record.resources === undefined ? {} : { resources: { linux: record.resources } }),
    user: { linux: { uid, gid, supplemental_groups: [...new Set([gid, ...additionalGids])] } },
    stop_signal: record.stopSignal,
  };
}

function imageMessage({ image, userSpecifiedImage }: ContainerRecord): object {
  return { image, user_specified_image: userSpecifiedImage };
}

export function matchesLabels(labels: Labels, selector: Labels): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
