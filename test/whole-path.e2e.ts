import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { freshClone } from './support/clone.ts';
import { fleetOf, type Fleet } from './support/fleet.ts';
import { ingressManifest, teamManifest } from './support/manifests.ts';
import { memoryOf, processesNaming, processesOf } from './support/processes.ts';
import { eventually, run, succeed, type Ran } from './support/shell.ts';

const minute = 60_000;
const gibibyte = 2 ** 30;
const shop = 'shop.gatefleet.localhost';

let clone: Awaited<ReturnType<typeof freshClone>>;
let fleet: Fleet;
let upped: Ran;
let up: {
  commit: string;
  application: { sync: string; health: string };
  store: { name: string; status: string }[];
  certificate: { current: { serial: string }; gateways: { node: string; result: { serial: string } }[] };
  curl: string;
};

beforeAll(async () => {
  const { kubectl } = await ensureTools(['kubectl']);
  clone = await freshClone();
  fleet = fleetOf(clone.folder, kubectl.path);
  upped = await run('npm', ['run', '--silent', 'up', '--', '--output', 'json'], { cwd: clone.folder });
  if (upped.code === 0) up = JSON.parse(upped.stdout) as typeof up;
}, 20 * minute);

afterAll(async () => {
  await run('npm', ['run', '--silent', 'down'], { cwd: clone.folder });
  await clone.remove();
}, 2 * minute);

describe('one command in a fresh clone', () => {
  test('ends well, with every gateway serving one serial', () => {
    expect(upped).toMatchObject({ code: 0 });
    const serials = up.certificate.gateways.map(({ result }) => result.serial);
    expect(serials).toEqual([
      up.certificate.current.serial,
      up.certificate.current.serial,
      up.certificate.current.serial,
    ]);
    expect(new Set(up.certificate.gateways.map(({ node }) => node)).size).toBe(3);
  });

  test('has a store of three members and the application at the pushed commit', async () => {
    expect(up.store.map(({ status }) => status)).toEqual(['alive', 'alive', 'alive']);
    expect(up.application).toMatchObject({ sync: 'Synced', health: 'Healthy' });
    expect((await fleet.git('rev-parse', 'HEAD')).trim()).toBe(up.commit);
  });

  test('prints a curl line that works in the user’s own shell', async () => {
    const { code, stdout } = await run('sh', ['-c', up.curl.replace('curl', 'curl --silent --fail')]);
    expect(code).toBe(0);
    expect(stdout).not.toBe('');
  });

  test('fits in 4 GiB', async () => {
    expect(await memoryOf(await processesOf(clone.folder))).toBeLessThan(4 * gibibyte);
  });

  test('lists its certificates and its state, and is well', async () => {
    const certs = await fleet.gatefleet('certs');
    expect(certs.stdout).toMatch(new RegExp(`${shop} +shop +valid .*${up.certificate.current.serial} +3 of 3`));
    expect(certs.code).toBe(0);
    const status = await fleet.gatefleet('status', '--output', 'json');
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({ applications: [{ sync: 'Synced', health: 'Healthy' }] });
  });
});

describe('a second time', () => {
  test(
    'up changes nothing and shows the same',
    async () => {
      const seen = await fleet.acme();
      const again = JSON.parse(
        await succeed('npm', ['run', '--silent', 'up', '--', '--output', 'json'], { cwd: clone.folder }),
      ) as typeof up;
      expect([again.commit, again.certificate.current.serial]).toEqual([up.commit, up.certificate.current.serial]);
      expect(await fleet.acme()).toEqual(seen);
    },
    4 * 60_000,
  );
});

describe('the user’s own kubectl', () => {
  test('gets, applies and reads logs', async () => {
    expect(await fleet.kubectl('get', 'nodes', '-o', 'name')).toBe('node/node-1\nnode/node-2\nnode/node-3\n');
    await fleet.apply(
      '{ apiVersion: v1, kind: ConfigMap, metadata: { name: note, namespace: default }, data: { a: b } }',
    );
    expect(await fleet.kubectl('get', 'configmap', 'note', '-o', 'jsonpath={.data.a}')).toBe('b');
    expect(await fleet.kubectl('-n', 'gatefleet', 'logs', 'statefulset/consul')).toContain('consul');
  });

  test('runs a command in a Pod', async () => {
    const printed = await fleet.kubectl(
      '-n',
      'gatefleet',
      'exec',
      'consul-0',
      '--',
      'consul',
      'operator',
      'raft',
      'list-peers',
    );
    expect(printed.match(/ voter /g)?.length ?? printed.match(/ true /g)?.length).toBe(3);
  });

  test('sees a deleted Pod replaced', async () => {
    const pods = async () =>
      (await fleet.kubectl('-n', 'shop', 'get', 'pods', '-o', 'name')).trim().split('\n').toSorted();
    const before = await pods();
    await fleet.kubectl('-n', 'shop', 'delete', before[0] ?? '', '--wait=true');
    await fleet.kubectl('-n', 'shop', 'rollout', 'status', 'deployment', '--timeout=60s');
    const after = await pods();
    expect(after).toHaveLength(before.length);
    expect(after).not.toContain(before[0]);
  });
});

describe('a team’s Ingress', () => {
  test('is served over HTTPS with its own certificate on every gateway', async () => {
    await fleet.apply(teamManifest('team-a', 'a.gatefleet.localhost'));
    const serial = await fleet.servedByAll('a.gatefleet.localhost', 3);
    await fleet.kubectl('-n', 'team-a', 'rollout', 'status', 'deployment/web', '--timeout=60s');
    const { status, serial: seen } = await eventually('an answer through the gateway', async () => {
      const answer = await fleet.https('a.gatefleet.localhost');
      return answer.status === 200 && answer;
    });
    expect(status).toBe(200);
    expect(seen).toBe(serial);
    expect(serial).not.toBe(up.certificate.current.serial);
  });

  test('gets a redirect on plain HTTP', async () => {
    const { status, location } = await fleet.http(shop);
    expect([status, location]).toEqual([301, `https://${shop}/`]);
  });

  test('for a foreign domain gets an Event and no order', async () => {
    const before = await fleet.acme();
    await fleet.apply(ingressManifest('team-a', 'foreign', 'www.example.org'));
    const message = await eventually('an Event', async () => {
      const events = await fleet.kubectl(
        '-n',
        'team-a',
        'get',
        'events',
        '--field-selector=involvedObject.name=foreign',
        '-o',
        'jsonpath={.items[*].message}',
      );
      return events.includes('www.example.org') && events;
    });
    expect(message).toContain('gatefleet.localhost');
    expect(await fleet.acme()).toEqual(before);
  });

  test(
    'in ten new namespaces is served on every gateway; the times are printed',
    async () => {
      const seconds: number[] = [];
      for (let i = 0; i < 10; i += 1) {
        const host = `new-${i}.gatefleet.localhost`;
        await fleet.apply(teamManifest(`new-${i}`, host));
        const applied = performance.now();
        await fleet.servedByAll(host, 3);
        seconds.push((performance.now() - applied) / 1000);
      }
      seconds.sort((a, b) => a - b);
      process.stderr.write(
        `apply to served on every gateway, seconds: ${seconds.map((s) => s.toFixed(1)).join(' ')}\n`,
      );
      expect(seconds).toHaveLength(10);
    },
    10 * minute,
  );
});

describe('a change by git push', () => {
  const change = async (edit: (text: string) => string) => {
    const file = join(clone.folder, 'overlays/local/environment.yaml');
    await writeFile(file, edit(await readFile(file, 'utf8')));
    const generated = await fleet.gatefleet('generate', 'local');
    expect(generated).toMatchObject({ code: 0 });
    await fleet.git('commit', '--quiet', '--all', '--message', 'Change the local environment');
    await fleet.git('add', '--all');
    await fleet.git('commit', '--quiet', '--amend', '--no-edit');
    await fleet.git('push', '--quiet', 'local', 'main');
  };

  test(
    'of 3 replicas to 5 brings five gateways with the same serial and no further order',
    async () => {
      const before = await fleet.acme();
      await change((text) => text.replace(/replicas: 3\b/, 'replicas: 5'));
      expect(await fleet.servedByAll(shop, 5)).toBe(up.certificate.current.serial);
      expect(await fleet.acme()).toEqual(before);
    },
    6 * minute,
  );

  test(
    'of Deployment to DaemonSet brings one gateway a node with the same serial and no further order',
    async () => {
      const before = await fleet.acme();
      await change((text) =>
        text.replace('workload: Deployment', 'workload: DaemonSet').replace(/^ *replicas: 5\n/m, ''),
      );
      await eventually(
        'the DaemonSet',
        async () =>
          (await fleet.kubectl(
            '-n',
            'gatefleet',
            'get',
            'daemonset',
            'traefik',
            '-o',
            'jsonpath={.status.numberReady}',
          )) === '3',
        5 * minute,
      );
      await eventually('the Deployment to be gone', async () => {
        const deployments = await fleet.kubectl('-n', 'gatefleet', 'get', 'deployment', '-o', 'name');
        return !deployments.includes('traefik');
      });
      expect(await fleet.servedByAll(shop, 3)).toBe(up.certificate.current.serial);
      expect(await fleet.acme()).toEqual(before);
    },
    6 * minute,
  );
});

describe('faults', () => {
  test(
    'SIGKILL of leader, store server and gateway during 20 issuances: all served, none issued twice',
    async () => {
      const hosts = Array.from({ length: 20 }, (_, i) => `fault-${i}.gatefleet.localhost`);
      const before = await fleet.acme();
      await fleet.apply(`{ apiVersion: v1, kind: Namespace, metadata: { name: faults } }`);
      await fleet.apply(hosts.map((host, i) => ingressManifest('faults', `fault-${i}`, host)).join('\n---\n'));
      for (const program of ['main.js controller', 'consul agent', 'traefik --']) {
        const victims = (await processesOf(clone.folder)).filter(
          ({ command }) => command.includes(program) && !command.includes('conmon'),
        );
        const victim = victims[Math.floor(Math.random() * victims.length)];
        if (victim === undefined) throw new Error(`no process runs ${program}`);
        await sleep(Math.random() * 1_000);
        process.kill(victim.pid, 'SIGKILL');
      }
      for (const host of hosts) await fleet.servedByAll(host, 3);
      const after = await fleet.acme();
      expect(after.issued - before.issued).toBe(20);
    },
    10 * minute,
  );

  test(
    'all Pods deleted at once: the same serials come back from the volumes',
    async () => {
      const serials = async () =>
        Object.fromEntries((await fleet.certificates()).map(({ id, current }) => [id, current?.serial]));
      const before = await serials();
      const seen = await fleet.acme();
      await fleet.kubectl('-n', 'gatefleet', 'delete', 'pods', '--all', '--wait=false', '--grace-period=0', '--force');
      expect(await fleet.servedByAll(shop, 3)).toBe(up.certificate.current.serial);
      expect(await serials()).toEqual(before);
      expect(await fleet.acme()).toEqual(seen);
    },
    6 * minute,
  );
});

describe('environments', () => {
  test('generate --check is clean for what is committed', async () => {
    await fleet.git('stash', '--quiet').catch(() => '');
    expect(await fleet.gatefleet('generate', '--check')).toMatchObject({ code: 0 });
  });

  test.each(['local', 'dev', 'staging', 'production'])('the API server accepts every object of %s', async (name) => {
    const { kustomize } = await ensureTools(['kustomize']);
    const rendered = await succeed(kustomize.path, ['build', join(clone.folder, 'overlays', name)]);
    // In a namespace of its own: an environment is a cluster's only one, and here the local one runs already.
    const namespace = `as-${name}`;
    await fleet.apply(`{ apiVersion: v1, kind: Namespace, metadata: { name: ${namespace} } }`);
    const moved = rendered
      .replaceAll('namespace: gatefleet\n', `namespace: ${namespace}\n`)
      .replaceAll(/(kind: Namespace\nmetadata:[^]*?\n {2}name: )gatefleet\n/g, `$1${namespace}\n`);
    const { kubectl } = await ensureTools(['kubectl']);
    const kubeconfig = join(clone.folder, '.gatefleet/kubeconfig');
    const { code, stderr } = await run(
      kubectl.path,
      ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'],
      { input: moved },
    );
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each<{ given: string; edit: (text: string) => string; then: RegExp }>([
    {
      given: 'a number where there is none',
      edit: (text) => text.replace(/replicas: \d+|workload: DaemonSet/, 'replicas: many'),
      then: /environment\.yaml:\d+:\d+[\s\S]*many/,
    },
    {
      given: 'a field that nobody knows',
      edit: (text) => `${text}\n  surprise: 1\n`,
      then: /environment\.yaml:\d+:\d+[\s\S]*surprise/,
    },
  ])('given $given, then file, line and value are named and nothing is written', async ({ edit, then }) => {
    const file = join(clone.folder, 'overlays/local/environment.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, edit(text));
    const { code, stdout, stderr } = await fleet.gatefleet('generate', 'local');
    await writeFile(file, text);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(then);
    expect(await fleet.git('status', '--porcelain')).toBe('');
  });
});

describe('the end', () => {
  test(
    'down leaves nothing behind',
    async () => {
      const { code } = await run('npm', ['run', '--silent', 'down'], { cwd: clone.folder });
      expect(code).toBe(0);
      await expectNothingLeft();
    },
    minute,
  );

  test(
    'Ctrl-C in the middle of up leaves nothing behind',
    async () => {
      let pid = 0;
      const started = run('npm', ['run', '--silent', 'up'], {
        cwd: clone.folder,
        group: true,
        onStart: (id) => (pid = id),
      });
      await eventually('a running API server', async () => {
        const running = await processesOf(clone.folder).catch(() => []);
        return running.some(({ command }) => command.includes('kube-apiserver'));
      });
      process.kill(-pid, 'SIGINT'); // as a terminal does: to the whole foreground group
      expect((await started).code).not.toBe(0);
      await expectNothingLeft();
    },
    4 * minute,
  );

  test(
    'a supervisor that is killed takes everything with it, and up works again',
    async () => {
      await succeed('npm', ['run', '--silent', 'up'], { cwd: clone.folder });
      const supervisor = (await processesOf(clone.folder)).find(({ command }) =>
        /node\S* \S*supervisor\/main\.ts/.test(command),
      );
      process.kill(supervisor?.pid ?? 0, 'SIGKILL');
      await eventually('every process to be gone', async () => (await processesNaming(clone.folder)).length === 0);
      expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(clone.folder);
      await succeed('npm', ['run', '--silent', 'up'], { cwd: clone.folder });
    },
    10 * minute,
  );

  async function expectNothingLeft(): Promise<void> {
    expect(await processesNaming(clone.folder)).toEqual([]);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(clone.folder);
    expect(await fleet.git('remote')).toBe('');
    const { stdout } = await run('git', ['-C', clone.folder, 'status', '--porcelain', '--ignored']);
    const left = stdout.split('\n').filter((line) => line !== '' && !line.endsWith('node_modules/'));
    expect(left).toEqual([]);
  }
});
