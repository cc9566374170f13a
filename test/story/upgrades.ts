import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { askAtRate, type Asked } from '../support/ask-at-rate.ts';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { eventually, succeed } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

interface Upgrade {
  readonly what: string;
  /** As overlays/local/version names it. */
  readonly image: string;
  /** Runs at first and at last. */
  readonly now: string;
  /** Run in between. */
  readonly by: readonly string[];
  readonly label: string;
  /** What each Pod is asked, and tells its version in. */
  readonly ask: readonly string[];
  /** Which of them write records in the next format; undefined for what writes none. */
  readonly writesNext?: readonly string[];
}

const all: readonly Upgrade[] = [
  {
    what: 'the gateways',
    image: 'traefik',
    now: 'v3.6.12',
    by: ['v3.6.10'],
    label: 'traefik',
    ask: ['traefik', 'version'],
  },
  {
    what: 'the store',
    image: 'hashicorp/consul',
    now: '1.19.2',
    by: ['1.19.1'],
    label: 'consul',
    ask: ['consul', 'version'],
  },
  {
    what: 'the certificate controller',
    image: 'ghcr.io/gatefleet/acme-controller',
    now: '0.1.0',
    by: ['0.2.0', '0.3.0', '0.2.0'],
    label: 'acme-controller',
    ask: [],
    writesNext: ['0.3.0'],
  },
];
/** Versions of the controller that know another format of records as well, by the module that makes them so. */
const controllers = { '0.2.0': 'reads-next', '0.3.0': 'writes-next' };
const perSecond = 100;
/** Asks that long before and after. */
const quietMs = 5_000;

/** Other versions, and back again, as a commit each. */
export function upgrades(story: () => Story): void {
  describe('another version', () => {
    const folder = () => story().clone;

    beforeAll(async () => {
      const { 'traefik-before': traefik, 'consul-before': consul } = await ensureTools([
        'traefik-before',
        'consul-before',
      ]);
      await story().fleet.apply(teamManifest('versions', 'versions.gatefleet.localhost'));
      await story().fleet.servedByAll('versions.gatefleet.localhost', 3);
      const file = join(folder(), '.gatefleet/catalogue.json');
      const catalogue = JSON.parse(await readFile(file, 'utf8')) as Catalogue;
      const { images } = catalogue;
      for (const { image, by, now } of all)
        for (const tag of by) images[`${image}:${tag}`] = structuredClone(images[`${image}:${now}`]!);
      images['traefik:v3.6.10']!.files['/usr/local/bin/traefik'] = { source: traefik.path };
      images['hashicorp/consul:1.19.1']!.files['/bin/consul'] = { source: consul.path };
      for (const [tag, formats] of Object.entries(controllers)) {
        const source = join(folder(), `.gatefleet/acme-controller-${tag}.js`);
        const build = ['apps/acme-controller/build.mjs', source, 'src/main.ts', `src/testing/${formats}.ts`];
        await succeed(process.execPath, build, { cwd: folder() });
        images[`ghcr.io/gatefleet/acme-controller:${tag}`]!.files['/app/main.js'] = { source };
      }
      await writeFile(`${file}.new`, JSON.stringify(catalogue));
      await rename(`${file}.new`, file);
    }, 20 * minute);

    test.each(all)(
      `of $what: from $now by $by and back under ${perSecond} requests a second, no request fails and orders go on`,
      async (upgrade) => {
        const { fleet } = story();
        const seen = await fleet.acme();
        const [present = 0] = upgrade.writesNext === undefined ? [] : await formatsNoted();
        const tags = [...upgrade.by, upgrade.now];
        const asking = askAtRate(await fleet.door(shop), perSecond);
        let asked: Asked;
        try {
          await sleep(quietMs);
          for (const [step, tag] of tags.entries()) {
            const began = performance.now();
            await edit('overlays/local/version/kustomization.yaml', (text) =>
              text.replace(tagOf(upgrade.image), (_, name: string) => `${name}${tag}`),
            );
            await fleet.git('commit', '--quiet', '--all', '--message', `Run ${upgrade.image} ${tag}`);
            await fleet.git('push', '--quiet', 'local', 'main');
            expect(await fleet.gatefleet('wait', 'local')).toMatchObject({ code: 0 });
            const seconds = (performance.now() - began) / 1_000;
            process.stderr.write(`${upgrade.what} to ${tag}: ${seconds.toFixed(0)} s from the commit to proof\n`);
            expect(await versions(upgrade)).toEqual(new Set([tag.replace(/^v/, '')]));
            const host = `${upgrade.label}-${step}.gatefleet.localhost`;
            await fleet.apply(ingressManifest('versions', host.split('.')[0]!, host));
            await fleet.servedByAll(host, 3);
            if (upgrade.writesNext !== undefined)
              await allRecordsIn(upgrade.writesNext.includes(tag) ? present + 1 : present);
          }
          await sleep(quietMs);
        } finally {
          asked = await asking.stop();
        }
        process.stderr.write(`${upgrade.what}: ${JSON.stringify({ ...asked, failed: asked.failed.length })}\n`);
        expect(asked.failed).toEqual([]);
        expect(asked.perSecond).toBeGreaterThan(0.9 * perSecond);
        if (upgrade.writesNext !== undefined) expect((await fleet.acme()).orders).toBe(seen.orders + tags.length);
      },
      15 * minute,
    );
  });

  async function edit(path: string, change: (text: string) => string): Promise<void> {
    const file = join(story().clone, path);
    const text = await readFile(file, 'utf8');
    const changed = change(text);
    expect(changed).not.toBe(text);
    await writeFile(file, changed);
  }

  /** What is below a prefix in Consul, by key. */
  async function inConsul(prefix: string): Promise<ReadonlyMap<string, string>> {
    const get = ['consul', 'kv', 'get', '-recurse', '-token-file=/consul/config/secrets/management', prefix];
    const lines = (await story().fleet.kubectl('-n', 'gatefleet', 'exec', 'consul-0', '--', ...get)).split('\n');
    const pairs = lines.map((line) => /^([^:]+):(.*)$/.exec(line)?.slice(1) ?? []);
    return new Map(pairs.map(([key = '', value = '']) => [key, value]));
  }

  /** Formats that records may be in, as the leader noted. */
  async function formatsNoted(): Promise<readonly number[]> {
    const note = (await inConsul('gatefleet/sealed-with')).get('gatefleet/sealed-with') ?? '{}';
    return (JSON.parse(note) as { formats?: number[] }).formats ?? [];
  }

  /** Comes back when the leader says that all records are in this format, and all are. */
  async function allRecordsIn(format: number): Promise<void> {
    await eventually(`all records in format ${format}`, async () => (await formatsNoted()).join() === String(format));
    const sealed = [...(await inConsul('gatefleet/')).values()].filter((value) => value.includes('"nonce"'));
    const found = sealed.map((value) => (JSON.parse(value) as { v: number }).v);
    expect([found.length > 2, new Set(found)]).toEqual([true, new Set([format])]);
  }

  /** Of every running Pod, by what it says itself; where it says nothing, by its image. */
  async function versions({ label, ask }: Upgrade): Promise<ReadonlySet<string>> {
    const { fleet } = story();
    const each =
      'jsonpath={range .items[*]}{.metadata.name} {.spec.containers[0].image} {.metadata.deletionTimestamp}{"\\n"}{end}';
    const select = ['-l', `app.kubernetes.io/name=${label}`, '--field-selector=status.phase=Running', '-o', each];
    const pods = (await fleet.kubectl('-n', 'gatefleet', 'get', 'pods', ...select)).trim().split('\n');
    // One that is told to end lets its last requests end.
    const staying = pods.map((line) => line.split(' ')).filter(([, , ending = '']) => ending === '');
    const told = staying.map(async ([pod = '', image = '']) => {
      const text = ask.length === 0 ? image : await fleet.kubectl('-n', 'gatefleet', 'exec', pod, '--', ...ask);
      return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? text;
    });
    return new Set(await Promise.all(told));
  }
}

interface Catalogue {
  readonly images: Record<string, { files: Record<string, object> }>;
}

/** A tag in a Kustomize Component, behind the name of its image. */
function tagOf(image: string): RegExp {
  return new RegExp(`(- name: ${image}\\n    newTag: )\\S+`);
}
