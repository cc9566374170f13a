import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { TestNode } from './testing/test-node.ts';
import { owners } from './testing/owners.ts';

jest.setTimeout(120_000);

const images = {
  'test/shell:1': { entrypoint: ['sh', '-c'] },
  'test/web:1': {
    files: { '/usr/local/bin/node': { source: process.execPath } },
    entrypoint: ['node', '-e'],
    user: { uid: 1000, gid: 1000 },
  },
};
const streamClient = fileURLToPath(new URL('./testing/stream-client.ts', import.meta.url));
const server =
  "require('http').createServer((q, r) => r.end(require('fs').readFileSync('/data/text') + process.env.IP)).listen(8080)";
const data = [{ name: 'data', mountPath: '/data' }];

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', uid: 'web-1' },
  spec: {
    initContainers: [{ name: 'init', image: 'test/shell:1', args: ['echo hello >/data/text'], volumeMounts: data }],
    containers: [
      {
        name: 'web',
        image: 'test/web:1',
        args: [server],
        env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
        securityContext: {
          runAsNonRoot: true,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          seccompProfile: { type: 'RuntimeDefault' },
        },
        volumeMounts: data,
        readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1 },
        startupProbe: { exec: { command: ['cat', '/data/text'] }, periodSeconds: 1 },
      },
      { name: 'unknown', image: 'no/such:1' },
    ],
    volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }],
  },
};

interface Status {
  podIP?: string;
  containerStatuses?: { name: string; ready: boolean; state: { waiting?: { message?: string } } }[];
}
describe.each(owners)('kubelet on a node of %s', (owner) => {
  let node: TestNode;
  beforeAll(async () => {
    const { kubelet, 'cri-streaming': streaming } = await ensureTools(['kubelet', 'cri-streaming']);
    node = await TestNode.open(owner, { images }, { streaming: streaming.path });
    const settings = {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      staticPodPath: join(node.folder, 'manifests'),
      containerRuntimeEndpoint: `unix://${node.socket}`,
      podLogsDir: join(node.folder, 'pod-logs'),
      volumePluginDir: join(node.folder, 'plugins'),
      cgroupsPerQOS: false,
      enforceNodeAllocatable: [],
      failCgroupV1: false,
      failSwapOn: false,
      makeIPTablesUtilChains: false,
      healthzPort: 0,
      port: 0,
      readOnlyPort: 10255,
      address: '10.100.0.1',
      authentication: { webhook: { enabled: false }, anonymous: { enabled: true } },
      authorization: { mode: 'AlwaysAllow' },
      featureGates: { KubeletInUserNamespace: true, PodAndContainerStatsFromCRI: true },
      evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%' },
      fileCheckFrequency: '1s',
    };
    mkdirSync(settings.staticPodPath);
    writeFileSync(join(settings.staticPodPath, 'web.json'), JSON.stringify(pod));
    writeFileSync(join(node.folder, 'kubelet.json'), JSON.stringify(settings));
    // Some of kubelet's paths are fixed.
    await node.namespace.run('mount -t tmpfs tmpfs /var/lib && mount -t tmpfs tmpfs /var/log');
    await node.namespace.run(
      `${node.share(kubelet.path)} --config "${node.folder}/kubelet.json" --root-dir "${node.folder}/kubelet" \
      --cert-dir "${node.folder}/certificates" --hostname-override node-1 --node-ip 10.100.0.1 >"${node.folder}/kubelet.log" 2>&1 &`,
    );
  });
  afterAll(async () => node.close());

  const get = async (url: string) =>
    node.namespace.run(
      `"${process.execPath}" -e "fetch('${url}').then(r => r.text()).then(console.log, () => console.log('{}'))"`,
    );
  const podStatus = async () =>
    (JSON.parse(await get('http://10.100.0.1:10255/pods')) as { items?: { status: Status }[] }).items?.[0]?.status;

  test('kubelet runs a Pod with an init container, a volume, probes and a strict security context', async () => {
    const status = await node.until('a ready container', async () => {
      const found = await podStatus();
      return found?.containerStatuses?.some(({ name, ready }) => name === 'web' && ready) ? found : undefined;
    });
    expect(status.podIP).toMatch(/^10\.100\.1\./);
    expect(await get(`http://${status.podIP ?? ''}:8080`)).toBe(`hello\n${status.podIP ?? ''}\n`);
  });

  test('an image that the catalogue lacks is explained in the Pod’s status', async () => {
    const message = await node.until('the explanation', async () => {
      const statuses = (await podStatus())?.containerStatuses;
      return statuses?.find(({ name }) => name === 'unknown')?.state.waiting?.message;
    });
    expect(message).toContain(`${node.folder}/catalogue.json has no such image`);
  });

  test('kubelet counts what the container uses', async () => {
    const metrics = await node.until('the metrics', async () => {
      const text = await get('http://10.100.0.1:10255/metrics/resource');
      return text.includes('container_memory_working_set_bytes{') ? text : undefined;
    });
    const bytes = /^container_memory_working_set_bytes\{container="web".*\} (\S+) \d+$/m.exec(metrics)?.[1];
    expect(Number(bytes)).toBeGreaterThan(10_000_000);
    expect(metrics).toMatch(/^pod_cpu_usage_seconds_total\{namespace="default",pod="web-node-1"\} /m);
  });

  test('kubelet gives the runtime’s metrics under the names of cAdvisor', async () => {
    const metrics = await node.until('the metrics', async () => {
      const text = await get('http://10.100.0.1:10255/metrics/cadvisor');
      return text.includes('container_cpu_usage_seconds_total{') ? text : undefined;
    });
    const labels = /^container_memory_working_set_bytes\{(.*)\} (\S+)/m.exec(metrics);
    expect(labels?.[1]).toMatch(
      /^container="web",.*image="docker.io\/test\/web:1",.*namespace="default",pod="web-node-1"$/,
    );
    expect(Number(labels?.[2])).toBeGreaterThan(10_000_000);
    expect(metrics).toMatch(/^container_network_receive_bytes_total\{.*interface="eth0".*\} /m);
  });

  test('kubelet passes a command’s streams, the end of input among them', async () => {
    const query = 'command=tr&command=a-z&command=A-Z&input=1&output=1';
    const url = `https://10.100.0.1:10250/exec/default/web-node-1/web?${query}`;
    const client = `"${process.execPath}" "${streamClient}" "${url}" v5.channel.k8s.io 'quiet words'`;
    const { channels } = JSON.parse(
      await node.namespace.run(`NODE_TLS_REJECT_UNAUTHORIZED=0 NODE_NO_WARNINGS=1 ${client}`),
    ) as {
      channels: Record<number, string>;
    };
    expect(channels[1]).toBe('QUIET WORDS');
    expect(JSON.parse(channels[3] ?? '')).toMatchObject({ status: 'Success' });
  });
});
