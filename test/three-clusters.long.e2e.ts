import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { askAtRate, type Asked, type Door } from './support/ask-at-rate.ts';
import { freshClone } from './support/clone.ts';
import { fleetOf, type Fleet } from './support/fleet.ts';
import { eventually, run } from './support/shell.ts';
import { minute } from './support/story.ts';

// Only what would never end is ended by this: how long a thing takes is not what these tests are about.
jest.setTimeout(15 * minute);

const row = ['dev', 'staging', 'production'] as const;
type Name = (typeof row)[number];

interface Up {
  readonly environments: readonly {
    readonly environment: Name;
    readonly context: string;
    readonly ports: { readonly https: number };
    readonly curl: string;
  }[];
}

/** Asks that long before and after whatever is looked at. */
const quietMs = 5_000;
const perSecond = 100;
/** What a change of the base is known by in a gateway's arguments. */
const change = '--entryPoints.websecure.transport.respondingTimeouts.idleTimeout=120s';

// It wants the machine to itself: three clusters and 300 requests a second take 1.4 of two cores (0.6 of them without a request), and a
// change that is rendered and rolled out the rest. Beside other work it is the asking that falls behind first.
describe('three clusters, three environments, one repository', () => {
  let clone: Awaited<ReturnType<typeof freshClone>>;
  let fleet: Fleet;
  let up: Up;
  let kubectl = '';

  beforeAll(async () => {
    kubectl = (await ensureTools(['kubectl'])).kubectl.path;
    clone = await freshClone();
    fleet = fleetOf(clone.folder, kubectl);
    // As many Pods as two cores run beside two other clusters; stages, issuers, promotions and syncs stay as they are.
    await smaller('staging', [
      [/autoscaling:\n {6}min: 3\n {6}max: 6/, 'replicas: 2'],
      ['healthyFor: 10m', 'healthyFor: 20s'],
    ]);
    await smaller('production', [
      [/autoscaling:\n[^]*? {2}store:/, 'replicas: 2\n  store:'],
      ['servers: 5', 'servers: 3'],
      ['size: 5Gi', 'size: 1Gi'],
      ['healthyFor: 1h', 'healthyFor: 20s'],
    ]);
    const generated = await fleet.gatefleet('generate');
    if (generated.code !== 0) throw new Error(generated.stdout + generated.stderr);
    await commitAll('Fit three clusters into two cores');
    const upped = await run(
      'npm',
      ['run', '--silent', 'up', '--', '--environments', row.join(','), '--output', 'json'],
      { cwd: clone.folder, limitMs: 25 * minute },
    );
    if (upped.code !== 0) throw new Error(`npm run up ended with ${String(upped.code)}\n${upped.stderr}`);
    up = JSON.parse(upped.stdout) as Up;
  }, 30 * minute);

  afterAll(async () => {
    await run('npm', ['run', '--silent', 'down'], { cwd: clone.folder });
    await clone.remove();
  }, 3 * minute);

  test('each environment that is promoted to starts at HEAD, on a branch of its own', async () => {
    const head = (await fleet.git('rev-parse', 'HEAD')).trim();
    const branches = await fleet.git('ls-remote', '--heads', 'local');
    expect(branches.trim().split('\n').toSorted()).toEqual([
      `${head}\trefs/heads/environments/production`,
      `${head}\trefs/heads/environments/staging`,
      `${head}\trefs/heads/main`,
    ]);
  });

  test('a change of base/traefik goes from one to the next, a command each, and no request fails anywhere', async () => {
    const doors = await Promise.all(row.map(doorOf));
    const asking = doors.map((door) => askAtRate(door, perSecond));
    await sleep(quietMs);

    await edit(
      'base/traefik/deployment.yaml',
      '            - --ping=true',
      `            - ${change}\n            - --ping=true`,
    );
    await commitAll('Keep idle connections for two minutes');
    await fleet.git('push', '--quiet', 'local', 'main');
    await succeeds('wait', 'dev');
    expect(await runningChange()).toEqual({ dev: true, staging: false, production: false });

    await soaked('dev', 'staging');
    await succeeds('promote', 'dev', 'staging', '--yes');
    await succeeds('wait', 'staging');
    expect(await runningChange()).toEqual({ dev: true, staging: true, production: false });

    await soaked('staging', 'production');
    await succeeds('promote', 'staging', 'production', '--yes');
    expect(await runningChange()).toEqual({ dev: true, staging: true, production: false });
    await succeeds('sync', 'production', '--yes');
    expect(await runningChange()).toEqual({ dev: true, staging: true, production: true });

    await sleep(quietMs);
    const asked = await Promise.all(asking.map(({ stop }) => stop()));
    report(asked);
    for (const each of asked) {
      expect(each.failed).toEqual([]);
      expect(each.perSecond).toBeGreaterThan(0.95 * perSecond);
    }
  });

  test('a second promotion finds nothing new', async () => {
    expect(await fleet.gatefleet('promote', 'dev', 'staging', '--yes')).toMatchObject({
      code: 0,
      stdout: 'staging is at what dev runs already\n',
    });
  });

  test('a rollback of staging leaves dev and production alone, and is not promoted over', async () => {
    await succeeds('rollback', 'staging', '--yes');
    await succeeds('wait', 'staging');
    expect(await runningChange()).toEqual({ dev: true, staging: false, production: true });
    const refused = await fleet.gatefleet('promote', 'dev', 'staging', '--yes');
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('staging was rolled back from it') });
  });

  async function smaller(name: Name, edits: readonly (readonly [string | RegExp, string])[]): Promise<void> {
    for (const [from, to] of edits) await edit(`overlays/${name}/environment.yaml`, from, to);
  }

  async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
    const path = join(clone.folder, file);
    const text = await readFile(path, 'utf8');
    const edited = text.replace(from, () => to);
    if (edited === text) throw new Error(`${file} has no ${String(from)}`);
    await writeFile(path, edited);
  }

  async function commitAll(message: string): Promise<void> {
    await fleet.git('add', '--all');
    await fleet.git('commit', '--quiet', '--message', message);
  }

  async function succeeds(...args: string[]): Promise<void> {
    const began = performance.now();
    const ran = await fleet.gatefleet(...args);
    if (ran.code !== 0)
      throw new Error(`gatefleet ${args.join(' ')} ended with ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
    process.stderr.write(`gatefleet ${args.join(' ')}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  }

  /** Until the one environment has run its commit in health for as long as the other asks. */
  const soaked = (from: Name, to: Name) =>
    eventually(`${from} to be ready for ${to}`, async () => {
      await sleep(2_000);
      return (await fleet.gatefleet('promote', from, to, '--check')).code === 0;
    });

  async function runningChange(): Promise<Record<Name, boolean>> {
    const found = await Promise.all(
      up.environments.map(async ({ environment, context }) => {
        const pods = ['-n', 'gatefleet', 'get', 'pods', '-l', 'app.kubernetes.io/name=traefik', '-o', 'json'];
        const { items } = JSON.parse(await fleet.kubectl('--context', context, ...pods)) as {
          items: { metadata: { deletionTimestamp?: string }; spec: { containers: { args: string[] }[] } }[];
        };
        const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        return [environment, staying.every(({ spec }) => spec.containers[0]?.args.includes(change))] as const;
      }),
    );
    return Object.fromEntries(found) as Record<Name, boolean>;
  }

  async function doorOf(name: Name): Promise<Door> {
    const found = up.environments.find(({ environment }) => environment === name);
    const [, ca = '', host = ''] = /--cacert (\S+) --resolve ([^:]+):/.exec(found?.curl ?? '') ?? [];
    return { port: found?.ports.https ?? 0, host, ca: await readFile(ca, 'utf8') };
  }

  function report(asked: readonly Asked[]): void {
    for (const [i, { asked: count, failed, again, perSecond: rate, median, p99, longest }] of asked.entries()) {
      process.stderr.write(
        `${row[i]}: ${count} requests, ${rate.toFixed(1)} a second, ${failed.length} failed, ${again} asked again; ${median} ms median, ${p99} ms p99, ${longest} ms longest\n`,
      );
    }
  }
});
