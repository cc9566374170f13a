import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { askAtRate, type Asked } from '../support/ask-at-rate.ts';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { minute, shop, type Story } from '../support/story.ts';

interface Upgrade {
  readonly what: string;
  /** As overlays/local/version names it. */
  readonly image: string;
  readonly before: string;
  readonly now: string;
  readonly label: string;
  /** What each Pod is asked, and tells its version in. */
  readonly ask: readonly string[];
}

const all: readonly Upgrade[] = [
  {
    what: 'the gateways',
    image: 'traefik',
    before: 'v3.6.10',
    now: 'v3.6.12',
    label: 'traefik',
    ask: ['traefik', 'version'],
  },
  {
    what: 'the store',
    image: 'hashicorp/consul',
    before: '1.19.1',
    now: '1.19.2',
    label: 'consul',
    ask: ['consul', 'version'],
  },
  {
    what: 'the certificate controller',
    image: 'ghcr.io/gatefleet/acme-controller',
    before: '0.0.9',
    now: '0.1.0',
    label: 'acme-controller',
    ask: [],
  },
];
const perSecond = 100;
/** Asks that long before and after. */
const quietMs = 5_000;

/** One version and the one before, back and forth, as a commit each. */
export function upgrades(story: () => Story): void {
  describe('another version', () => {
    const folder = () => story().clone;

    beforeAll(async () => {
      const { 'traefik-before': traefik, 'consul-before': consul } = await ensureTools([
        'traefik-before',
        'consul-before',
      ]);
      await story().fleet.apply(teamManifest('versions', 'versions.gatefleet.localhost'));
      const file = join(folder(), '.gatefleet/catalogue.json');
      const catalogue = JSON.parse(await readFile(file, 'utf8')) as Catalogue;
      const { images } = catalogue;
      for (const { image, before, now } of all)
        images[`${image}:${before}`] = structuredClone(images[`${image}:${now}`]!);
      images['traefik:v3.6.10']!.files['/usr/local/bin/traefik'] = { source: traefik.path };
      images['hashicorp/consul:1.19.1']!.files['/bin/consul'] = { source: consul.path };
      await writeFile(`${file}.new`, JSON.stringify(catalogue));
      await rename(`${file}.new`, file);
    }, 20 * minute);

    test.each(all)(
      `of $what: $before and back to $now under ${perSecond} requests a second, no request fails and orders go on`,
      async (upgrade) => {
        const { fleet } = story();
        const asking = askAtRate(await fleet.door(shop), perSecond);
        let asked: Asked;
        try {
          await sleep(quietMs);
          for (const tag of [upgrade.before, upgrade.now]) {
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
            const host = `${upgrade.label}-${tag.replaceAll('.', '-')}.gatefleet.localhost`;
            await fleet.apply(ingressManifest('versions', host.split('.')[0]!, host));
            await fleet.servedByAll(host, 3);
          }
          await sleep(quietMs);
        } finally {
          asked = await asking.stop();
        }
        process.stderr.write(`${upgrade.what}: ${JSON.stringify({ ...asked, failed: asked.failed.length })}\n`);
        expect(asked.failed).toEqual([]);
        expect(asked.perSecond).toBeGreaterThan(0.9 * perSecond);
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
