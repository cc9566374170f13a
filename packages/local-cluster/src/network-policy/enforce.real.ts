import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApiServer, type ApiServer } from '@gatefleet/test-programs';
import { CustomObjectsApi, KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { pino } from 'pino';
import { parse, parseAllDocuments } from 'yaml';
import { NodeNetwork, owners } from '../testing/node-network.ts';
import type { Attempt } from '../testing/pod-process.ts';
import { enforcePolicies } from './enforce.ts';

jest.setTimeout(120_000);

const localCluster = 'gatefleet:local-cluster';
const service = '10.96.0.80';

const pods = {
  web: { namespace: 'shop', address: '10.100.1.1', ports: [{ name: 'http', containerPort: 8080 }] },
  db: { namespace: 'shop', address: '10.100.2.1', ports: [{ name: 'sql', containerPort: 5432 }] },
  blog: { namespace: 'blog', address: '10.100.1.2', ports: [{ name: 'http', containerPort: 80 }] },
};
type PodName = keyof typeof pods;

/** Where everybody tries to go. A Service's address leads to db, as kube-proxy's rules would have it. */
const targets: Readonly<Record<string, Attempt>> = {
  web: { host: pods.web.address, port: 8080, protocol: 'tcp' },
  db: { host: pods.db.address, port: 5432, protocol: 'tcp' },
  'db-service': { host: service, port: 80, protocol: 'tcp' },
  blog: { host: pods.blog.address, port: 80, protocol: 'tcp' },
  dns: { host: '10.100.0.2', port: 53, protocol: 'udp' },
  api: { host: '10.100.0.1', port: 6443, protocol: 'tcp' },
  'node-1': { host: '10.100.0.11', port: 10250, protocol: 'tcp' },
};
const everything = Object.keys(targets).join(' ');
/** Who tries; `node` is a node itself, as kubelet's probes are, and `outside` what comes from no Pod and no node. */
const sources = ['web', 'db', 'blog', 'node', 'outside'];

const denyAll = 'podSelector: {}\npolicyTypes: [Ingress, Egress]';
const dns = `to:
  - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
    podSelector: { matchLabels: { k8s-app: kube-dns } }
ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]`;

let server: ApiServer;
let admin: KubernetesObjectApi;
/** Sends objects as they are written: the other one knows `from` by another name. */
let raw: CustomObjectsApi;
const networking = { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies' };

const config = (user: string): KubeConfig => {
  const made = new KubeConfig();
  made.loadFromOptions({
    clusters: [{ name: 'test', server: server.url, caData: Buffer.from(server.ca).toString('base64') }],
    users: [{ name: user, token: server.tokens.get(user) }],
    contexts: [{ name: 'test', cluster: 'test', user }],
    currentContext: 'test',
  });
  return made;
};
const policyOf = (name: string, namespace: string, spec: string): KubernetesObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: parse(spec) as object,
  }) as KubernetesObject;
const create = (body: KubernetesObject) =>
  raw.createNamespacedCustomObject({ ...networking, namespace: body.metadata?.namespace ?? '', body });
const podOf = (name: PodName | 'late', { namespace, ports }: Omit<(typeof pods)[PodName], 'address'>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels: { app: name } },
  spec: { containers: [{ name, image: 'none', ports }] },
});

beforeAll(async () => {
  server = await startApiServer(['admin', localCluster]);
  admin = KubernetesObjectApi.makeApiClient(config('admin'));
  raw = config('admin').makeApiClient(CustomObjectsApi);
  for (const name of ['clusterrole-local-cluster', 'clusterrolebinding-local-cluster']) {
    const file = await readFile(join(import.meta.dirname, `../../manifests/${name}.yaml`), 'utf8');
    for (const document of parseAllDocuments(file)) await admin.create(document.toJS() as KubernetesObject);
  }
  for (const name of ['shop', 'blog']) await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const [name, pod] of Object.entries(pods)) await admin.create(podOf(name as PodName, pod));
});
afterAll(() => server.stop());

describe.each(owners)('NetworkPolicies among Pods on nodes of %s', (owner) => {
  const stop = new AbortController();
  let network: NodeNetwork;
  let gate: string;

  /** As a node's runtime tells of a Pod's address. */
  const tell = async (message: object): Promise<string> => {
    const socket = connect({ path: gate });
    socket.end(`${JSON.stringify(message)}\n`);
    return (await text(socket)).trim();
  };
  const announce = async (name: string, namespace: string, address: string): Promise<string> => {
    const { metadata } = await admin.read({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });
    return tell({ kind: 'added', address, uid: metadata?.uid, namespace, name });
  };
  /** What each source reaches, by name. */
  const reach = async (from: readonly string[] = sources, to = targets): Promise<Record<string, string>> => {
    const rows = from.map(async (source) => {
      const [process, options] =
        source === 'outside' ? ['node', { from: network.addresses.outside }] : [source, { from: undefined }];
      const reached = Object.entries(to).map(async ([name, attempt]) =>
        (await network.reaches(process, { ...attempt, ...(options.from === undefined ? {} : options) })) ? [name] : [],
      );
      return [source, (await Promise.all(reached)).flat().join(' ')] as const;
    });
    return Object.fromEntries(await Promise.all(rows));
  };
  /** Waits until the rules say something, which is how a test knows that a change has arrived. */
  const ruled = async (what: RegExp): Promise<number> => {
    for (const began = performance.now(); ; await sleep(20)) {
      if (what.test(await network.run('nft list table ip network-policy'))) return performance.now() - began;
      if (performance.now() - began > 10_000) throw new Error(`the rules never had ${String(what)}`);
    }
  };
  const apply = async (policies: readonly KubernetesObject[]): Promise<void> => {
    for (const policy of policies) await create(policy);
    for (const { metadata } of policies) await ruled(new RegExp(`-${metadata?.namespace}/${metadata?.name} `));
  };

  beforeAll(async () => {
    network = await NodeNetwork.open(owner);
    gate = join(network.folder, 'gate.sock');
    const toDb = `ip daddr ${service} tcp dport 80 dnat to ${pods.db.address}:5432;`;
    await network.run(`nft -f - <<'RULES'
table ip services {
  chain prerouting { type nat hook prerouting priority dstnat; ${toDb} }
  chain output { type nat hook output priority -100; ${toDb} }
}
RULES`);
    await network.addProcess('node', ['10.100.0.2:53/udp', '10.100.0.1:6443/tcp', '10.100.0.11:10250/tcp']);
    await enforcePolicies({
      config: config(localCluster),
      addresses: network.addresses,
      nodes: network.nodes,
      gate,
      apply: (ruleset) => network.applyRuleset(ruleset),
      log: pino({ level: 'silent' }),
      signal: stop.signal,
    });
    for (const [name, { namespace, address, ports }] of Object.entries(pods)) {
      await network.addPod(
        name,
        address,
        ports.map(({ containerPort }) => `:${containerPort}/tcp`),
      );
      expect(await announce(name, namespace, address)).toBe('ok');
    }
  });
  afterEach(async () => {
    for (const namespace of ['shop', 'blog']) {
      const { items } = await admin.list('networking.k8s.io/v1', 'NetworkPolicy', namespace);
      for (const { metadata } of items) await admin.delete(policyOf(metadata?.name ?? '', namespace, '{}'));
    }
    for (const direction of ['ingress', 'egress']) await ruled(new RegExp(`map ${direction}-of \\{\\n[^=]*\\n\\t\\}`));
  });
  afterAll(async () => {
    stop.abort();
    await network.close();
  });

  test.each<{ given: string; policies: KubernetesObject[]; then: Record<string, string> }>([
    {
      given: 'no policy',
      policies: [],
      then: { web: everything, db: everything, blog: everything, node: everything, outside: everything },
    },
    {
      given: 'all of shop closed both ways',
      policies: [policyOf('deny', 'shop', denyAll)],
      then: {
        web: 'web node-1', // itself, and the node that it is on
        db: 'db db-service',
        blog: 'blog dns api node-1',
        node: everything,
        outside: 'blog dns api node-1',
      },
    },
    {
      given: 'shop closed, and web → db by the name of its port',
      policies: [
        policyOf('deny', 'shop', denyAll),
        policyOf(
          'to-db',
          'shop',
          '{ podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: db } } }], ports: [{ port: sql }] }] }',
        ),
        policyOf(
          'from-web',
          'shop',
          '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 5432 }] }] }',
        ),
      ],
      then: {
        web: 'web db db-service node-1',
        db: 'db db-service',
        blog: 'blog dns api node-1',
        node: everything,
        outside: 'blog dns api node-1',
      },
    },
    {
      given: 'shop closed, and only one end of web → db opened',
      policies: [
        policyOf('deny', 'shop', denyAll),
        policyOf(
          'to-db',
          'shop',
          '{ podSelector: {}, policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }] }] }',
        ),
      ],
      then: {
        web: 'web node-1',
        db: 'db db-service',
        blog: 'blog dns api node-1',
        node: everything,
        outside: 'blog dns api node-1',
      },
    },
    {
      given: 'egress of shop limited to DNS and the API server',
      policies: [
        policyOf(
          'egress',
          'shop',
          JSON.stringify({
            podSelector: {},
            policyTypes: ['Egress'],
            egress: [parse(dns), { to: [{ ipBlock: { cidr: '10.100.0.1/32' } }], ports: [{ port: 6443 }] }],
          }),
        ),
      ],
      then: {
        web: 'web dns api node-1',
        db: 'db db-service dns api',
        blog: everything,
        node: everything,
        outside: everything,
      },
    },
    {
      given: 'web open to everyone outside the Pods’ addresses, db to the namespace blog',
      policies: [
        policyOf(
          'web',
          'shop',
          '{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.100.0.0/16] } }], ports: [{ port: 8000, endPort: 8090 }] }] }',
        ),
        policyOf(
          'db',
          'shop',
          '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: blog } } }] }] }',
        ),
      ],
      then: {
        web: 'web blog dns api node-1',
        db: 'db db-service blog dns api node-1',
        blog: 'db db-service blog dns api node-1',
        node: everything,
        outside: 'web blog dns api node-1',
      },
    },
  ])('given $given', async ({ policies, then }) => {
    await apply(policies);
    expect(await reach()).toEqual(then);
  });

  test('a policy is in force within seconds of its creation, and out of it within seconds of its deletion', async () => {
    const deny = policyOf('deny', 'shop', denyAll);
    const db = { db: targets['db'] as Attempt };
    await create(deny);
    const inForce = await ruled(/-shop\/deny /);
    expect(await reach(['web'], db)).toEqual({ web: '' });
    await admin.delete(deny);
    const outOfForce = await ruled(/map ingress-of \{\n[^=]*\n\t\}/);
    expect(await reach(['web'], db)).toEqual({ web: 'db' });
    process.stderr.write(`in force after ${inForce.toFixed()} ms, out of force after ${outOfForce.toFixed()} ms\n`);
    expect(Math.max(inForce, outOfForce)).toBeLessThan(5_000);
  });

  test('labels of a Pod that change move it from policy to policy', async () => {
    const policy = policyOf('one', 'shop', '{ podSelector: { matchLabels: { closed: "yes" } } }');
    await create(policy);
    const pod = podOf('db', pods.db);
    const labelled = (closed: string | null) =>
      admin.patch({ ...pod, metadata: { ...pod.metadata, labels: { closed } } } as unknown as KubernetesObject);
    await labelled('yes');
    await ruled(/-shop\/one /);
    expect((await reach(['web']))['web']).not.toMatch(/db/);
    await labelled(null);
    await ruled(/map ingress-of \{\n[^=]*\n\t\}/);
    expect((await reach(['web']))['web']).toMatch(/db/);
  });

  test('a Pod that comes later is out of reach until its policies are in force', async () => {
    await apply([policyOf('deny', 'shop', denyAll)]);
    const address = '10.100.2.9';
    const late: Record<string, Attempt> = { late: { host: address, port: 80, protocol: 'tcp' } };
    await network.addPod('late', address, [':80/tcp']);
    const before = { ...(await reach(['blog', 'outside'], late)), ...(await reach(['late'])) };
    expect(before).toEqual({ blog: '', outside: '', late: '' });
    expect(await reach(['node'], late)).toEqual({ node: 'late' });

    await admin.create(podOf('late', { namespace: 'shop', ports: [] as never }));
    expect(await announce('late', 'shop', address)).toBe('ok');
    expect(await reach(['blog', 'outside'], late)).toEqual({ blog: '', outside: '' });

    await admin.delete({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'late', namespace: 'shop' } });
    await sleep(500);
    // Its process has not ended: what held for it holds on.
    expect(await reach(['blog', 'outside'], late)).toEqual({ blog: '', outside: '' });
    expect(await tell({ kind: 'removed', address })).toBe('ok');
    await network.removePod('late', address);
  });

  test('a Pod cannot send from another’s address', async () => {
    await apply([
      policyOf(
        'db',
        'shop',
        '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: {} }] }] }',
      ),
    ]);
    const counter = async () =>
      Number(/packets (\d+)/.exec(await network.run('nft list counter ip seen arrived'))?.[1] ?? Number.NaN);
    await network.run(`nft -f - <<'RULES'
table ip seen {
  counter arrived { }
  chain arrived {
    type filter hook postrouting priority 0;
    ip saddr ${pods.web.address} udp dport 9 counter name arrived
  }
}
RULES`);
    const send = `ip netns exec blog "${process.execPath}" -e "
      const socket = require('dgram').createSocket('udp4');
      socket.bind(0, process.argv[1], () => socket.send('x', 9, '${pods.db.address}', () => socket.close()))"`;
    await network.run(`ip -n web address show >/dev/null; ${send.replace('blog', 'web')} ${pods.web.address}`);
    expect(await counter()).toBe(1);
    await network.run(`ip -n blog address add ${pods.web.address}/32 dev lo; ${send} ${pods.web.address}`);
    expect(await counter()).toBe(1);
    await network.run(`ip -n blog address del ${pods.web.address}/32 dev lo; nft delete table ip seen`);
  });
});
