import type { Runtime } from '../runtime.ts';
import type { ContainerRecord, SandboxRecord } from '../state/records.ts';
import { readInterface } from '../stats/network-usage.ts';
import type { Usage } from '../stats/usage-meter.ts';
import type { Handler } from './server.ts';

type MetricType = 'COUNTER' | 'GAUGE';

/** CRI values are whole numbers, so CPU time is in whole seconds here; exact times are in the stats calls, which scaling reads. */
const containerMetrics: readonly { name: string; type: MetricType; help: string; of: (usage: Usage) => number }[] = [
  {
    name: 'container_cpu_usage_seconds_total',
    type: 'COUNTER',
    help: 'CPU time of the container’s processes, in whole seconds.',
    of: ({ cpuNs }) => Math.floor(cpuNs / 1e9),
  },
  {
    name: 'container_memory_working_set_bytes',
    type: 'GAUGE',
    help: 'Resident memory of the container’s processes, in bytes.',
    of: ({ residentBytes }) => residentBytes,
  },
  {
    name: 'container_memory_rss',
    type: 'GAUGE',
    help: 'Resident memory of the container’s processes, in bytes.',
    of: ({ residentBytes }) => residentBytes,
  },
  {
    name: 'container_processes',
    type: 'GAUGE',
    help: 'Number of processes in the container.',
    of: ({ processes }) => processes,
  },
];
const containerLabels = ['container', 'id', 'image', 'name', 'namespace', 'pod'];

const networkMetrics = [
  { name: 'container_network_receive_bytes_total', help: 'Bytes that the Pod has received.', of: 'rx_bytes' },
  { name: 'container_network_receive_errors_total', help: 'Errors while the Pod received.', of: 'rx_errors' },
  { name: 'container_network_transmit_bytes_total', help: 'Bytes that the Pod has sent.', of: 'tx_bytes' },
  { name: 'container_network_transmit_errors_total', help: 'Errors while the Pod sent.', of: 'tx_errors' },
] as const;
const networkLabels = ['id', 'interface', 'namespace', 'pod'];

/**
 * What kubelet shows at `/metrics/cadvisor` when it takes containers' figures from the runtime, under the names that cAdvisor gives them.
 *
 * @see https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
 */
export function metricsCalls({ containers, sandboxes, meter }: Runtime): Record<string, Handler> {
  return {
    ListMetricDescriptors: () => ({
      descriptors: [
        ...containerMetrics.map(({ name, help }) => ({ name, help, label_keys: containerLabels })),
        ...networkMetrics.map(({ name, help }) => ({ name, help, label_keys: networkLabels })),
      ],
    }),
    ListPodSandboxMetrics: () => {
      const running = containers.list().filter(({ state }) => state === 'RUNNING');
      const usages = meter.read(running.map(({ pid }) => pid));
      const members = Map.groupBy(running, ({ sandboxId }) => sandboxId);
      return {
        pod_metrics: sandboxes
          .list()
          .filter(({ ready }) => ready)
          .map((pod) => ({
            pod_sandbox_id: pod.id,
            metrics: podMessages(pod),
            container_metrics: (members.get(pod.id) ?? []).map((record) => ({
              container_id: record.id,
              metrics: containerMessages(pod, record, usages.get(record.pid)),
            })),
          })),
      };
    },
  };
}

function containerMessages(pod: SandboxRecord, record: ContainerRecord, usage: Usage | undefined): readonly object[] {
  if (usage === undefined) return [];
  const { name, namespace } = pod.metadata;
  const labels = [record.metadata.name, record.id, record.image, record.id, namespace, name];
  return containerMetrics.map((metric) => message(metric.name, metric.type, labels, String(metric.of(usage))));
}

function podMessages({ id, metadata: { name, namespace }, network }: SandboxRecord): readonly object[] {
  const link = network === undefined ? undefined : readInterface(network.veth);
  if (link === undefined) return [];
  return networkMetrics.map((metric) =>
    message(metric.name, 'COUNTER', [id, 'eth0', namespace, name], link[metric.of].value),
  );
}

/** Without a timestamp, as all of it is read when asked for. */
function message(name: string, type: MetricType, labels: readonly string[], value: string): object {
  return { name, metric_type: type, label_values: labels, value: { value } };
}
