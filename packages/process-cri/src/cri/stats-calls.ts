import { CriError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { msToNs } from '../state/clock.ts';
import type { ContainerRecord, SandboxRecord } from '../state/records.ts';
import { readInterface } from '../stats/network-usage.ts';
import type { Usage } from '../stats/usage-meter.ts';
import type { Labels } from './messages.ts';
import type { Handler } from './server.ts';
import { matchesLabels } from './status-messages.ts';

interface StatsFilter {
  id: string;
  pod_sandbox_id?: string;
  label_selector: Labels;
}

export function statsCalls(runtime: Runtime): Record<string, Handler> {
  const { containers, sandboxes, meter } = runtime;
  const running = () => containers.list().filter(({ state }) => state === 'RUNNING');
  const usages = (records: readonly ContainerRecord[]) => meter.read(records.map(({ pid }) => pid));
  const podStats = (pods: readonly SandboxRecord[]) => {
    const members = Map.groupBy(running(), ({ sandboxId }) => sandboxId);
    const all = usages(pods.flatMap(({ id }) => members.get(id) ?? []));
    return pods.map((pod) => podMessage(pod, members.get(pod.id) ?? [], all, runtime.layers));
  };
  return {
    ContainerStats: ({ container_id: id }: { container_id: string }) => {
      const record = containers.require(id);
      return { stats: containerMessage(record, usages([record]).get(record.pid), runtime.layers) };
    },
    ListContainerStats: ({ filter }: { filter: StatsFilter | null }) => {
      const records = running().filter(
        ({ id, sandboxId, labels }) =>
          filter === null ||
          ((filter.id === '' || filter.id === id) &&
            (!filter.pod_sandbox_id || filter.pod_sandbox_id === sandboxId) &&
            matchesLabels(labels, filter.label_selector)),
      );
      const all = usages(records);
      return { stats: records.map((record) => containerMessage(record, all.get(record.pid), runtime.layers)) };
    },
    PodSandboxStats: ({ pod_sandbox_id: id }: { pod_sandbox_id: string }) => ({
      stats: podStats([sandboxes.require(id)])[0],
    }),
    ListPodSandboxStats: ({ filter }: { filter: StatsFilter | null }) => ({
      stats: podStats(
        sandboxes
          .list()
          .filter(
            ({ id, ready, labels }) =>
              ready &&
              (filter === null ||
                ((filter.id === '' || filter.id === id) && matchesLabels(labels, filter.label_selector))),
          ),
      ),
    }),
  };
}

function containerMessage(record: ContainerRecord, usage: Usage | undefined, mountpoint: string): object {
  if (usage === undefined) throw new CriError('INTERNAL', `measuring container ${record.id}: no reading`);
  const { id, metadata, labels, annotations } = record;
  return {
    attributes: { id, metadata, labels, annotations },
    ...usageMessage(usage),
    // What a container writes into its own root is little; walking it every ten seconds would cost more than the figure is worth.
    writable_layer: {
      timestamp: msToNs(usage.atMs),
      fs_id: { mountpoint },
      used_bytes: { value: '0' },
      inodes_used: { value: '0' },
    },
  };
}

function usageMessage(usage: Usage): object {
  const timestamp = msToNs(usage.atMs);
  const value = (number: number) => ({ value: String(number) });
  return {
    cpu: {
      timestamp,
      usage_core_nano_seconds: value(usage.cpuNs),
      ...(usage.nanoCores === undefined ? {} : { usage_nano_cores: value(usage.nanoCores) }),
    },
    memory: {
      timestamp,
      working_set_bytes: value(usage.residentBytes),
      usage_bytes: value(usage.residentBytes),
      rss_bytes: value(usage.residentBytes),
      page_faults: value(usage.minorFaults),
      major_page_faults: value(usage.majorFaults),
    },
  };
}

function podMessage(
  pod: SandboxRecord,
  members: readonly ContainerRecord[],
  all: ReadonlyMap<number, Usage>,
  mountpoint: string,
): object {
  const { id, metadata, labels, annotations } = pod;
  const parts = members.flatMap(({ pid }) => all.get(pid) ?? []);
  const sum = (pick: (usage: Usage) => number) => parts.reduce((total, usage) => total + pick(usage), 0);
  const atMs = parts[0]?.atMs ?? Date.now();
  const usage: Usage = {
    atMs,
    cpuNs: sum(({ cpuNs }) => cpuNs),
    nanoCores: parts.some(({ nanoCores }) => nanoCores === undefined)
      ? undefined
      : sum(({ nanoCores }) => nanoCores ?? 0),
    residentBytes: sum(({ residentBytes }) => residentBytes),
    minorFaults: sum(({ minorFaults }) => minorFaults),
    majorFaults: sum(({ majorFaults }) => majorFaults),
    processes: sum(({ processes }) => processes),
  };
  const link = pod.network === undefined ? undefined : readInterface(pod.network.veth);
  return {
    attributes: { id, metadata, labels, annotations },
    linux: {
      ...usageMessage(usage),
      ...(link === undefined
        ? {}
        : { network: { timestamp: msToNs(atMs), default_interface: { name: 'eth0', ...link } } }),
      process: { timestamp: msToNs(atMs), process_count: { value: String(usage.processes) } },
      containers: members.map((record) => containerMessage(record, all.get(record.pid), mountpoint)),
    },
  };
}
