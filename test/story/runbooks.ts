import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keepAsking, type KeepAsking } from '../support/keep-asking.ts';
import { loseEncryptionKey } from '../support/lose-key.ts';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { commandsOf, runCommands } from '../support/runbook.ts';
import { eventually } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

const page = 'operations/recovery.md';
const none: readonly string[] = [];
const same = (text: string) => text;

/** The commands of docs/operations/recovery.md as they stand there, in a cluster that has lost what they are for. */
export function runbooks(story: () => Story): void {
  describe('what the page on recovery says', () => {
    const hosts = [shop, ...['one', 'two', 'three'].map((name) => `runbook-${name}.gatefleet.localhost`)];
    const serials = async () =>
      new Map(await Promise.all(hosts.map(async (host) => [host, await story().fleet.servedByAll(host, 3)] as const)));
    const kubectl = (...args: string[]) => story().fleet.kubectl('-n', 'gatefleet', ...args);
    const volumesOf = (...servers: number[]) =>
      kubectl(
        ...['get', 'pvc', ...servers.map((server) => `data-consul-${server}`)],
        ...['-o', 'jsonpath={range .items[*]}{.spec.volumeName} {.status.capacity.storage}{"\\n"}{end}'],
      ).then((text) => text.trim().split('\n'));
    let asking: KeepAsking;
    let began: number;
    let more = 0;

    beforeAll(async () => {
      const [, first = '', ...others] = hosts;
      const ingresses = others.map((host, i) => ingressManifest('runbooks', `web-${i}`, host));
      await story().fleet.apply([teamManifest('runbooks', first), ...ingresses].join('\n---\n'));
      await serials();
      asking = keepAsking(() => story().fleet.https(shop), { pauseMs: 100 });
    }, 5 * minute);
    afterAll(async () => {
      await story().fleet.kubectl('delete', 'namespace', 'runbooks');
      const asked = await asking.stop();
      process.stderr.write(`requests during all that: ${asked.asked}\n`);
      expect(asked.failed).toEqual([]);
    });

    /** Runs one block of the commands below a heading, of which none fails but these. @returns what they printed */
    async function follow(heading: string, { block = 0, edit = same, fails = none } = {}): Promise<string> {
      began = performance.now();
      const commands = (await commandsOf(page, heading))[block] ?? '';
      const here = commands.replaceAll('production', 'local').replaceAll('shop.example.com', shop);
      const { failed, stdout, stderr } = await runCommands(story(), edit(here));
      if (failed.join() !== fails.join()) process.stderr.write(stdout + stderr);
      expect(failed).toEqual(fails);
      return stdout;
    }

    /** All is well, and a host that is new gets its certificate. */
    async function allIsWell(what: string): Promise<void> {
      more += 1;
      const host = `runbook-more-${more}.gatefleet.localhost`;
      await story().fleet.apply(ingressManifest('runbooks', `more-${more}`, host));
      await story().fleet.servedByAll(host, 3);
      await eventually('everything to be well', async () => (await story().fleet.gatefleet('status')).code === 0);
      const seconds = Math.round((performance.now() - began) / 1000);
      process.stderr.write(`${what}: ${seconds} s from the first command until all is well\n`);
    }

    test('takes a snapshot by hand', async () => {
      expect(await follow('Snapshots')).toMatch(/"file":"[^"]+\.snapshot"/);
      await kubectl('delete', 'job', 'backup-now');
    });

    test('replaces a certificate whose key is compromised, and no other', async () => {
      const before = await serials();
      const told = await follow('A private key is compromised');
      const after = await serials();
      expect(after.get(shop)).not.toBe(before.get(shop));
      expect(told).toContain(after.get(shop));
      expect([...after].filter(([host, serial]) => before.get(host) !== serial)).toHaveLength(1);
    });

    test('replaces all certificates when the CA revokes them', async () => {
      const before = await serials();
      await follow('The CA revokes thousands');
      await kubectl('rollout', 'status', 'deployment', 'acme-controller');
      await follow('The CA revokes thousands', { block: 1 });
      for (const [host, serial] of before)
        await eventually(`another certificate of ${host}`, async () => (await serials()).get(host) !== serial);
      // As it stands there it is watched until somebody has seen enough.
      const told = await follow('The CA revokes thousands', {
        block: 2,
        edit: (text) => text.replace('--follow', '--tail=5'),
      });
      expect(told).toContain('"valid"');
      await allIsWell('all certificates revoked');
    });

    test(
      'enlarges Consul’s disks one by one',
      async () => {
        await follow("Consul's disk is full");
        await eventually('larger disks', async () => (await volumesOf(0, 1, 2)).every((line) => line.endsWith(' 5Gi')));
        await allIsWell('disks enlarged');
      },
      10 * minute,
    );

    test(
      'brings Consul back from the one server that is left, with the same certificates and no order',
      async () => {
        const [before, seen] = [await serials(), await story().fleet.acme()];
        await kubectl('delete', 'pvc', 'data-consul-0', 'data-consul-1', '--wait=false');
        await kubectl('delete', 'pod', 'consul-0', 'consul-1', '--grace-period=0', '--force');
        await eventually('Consul to have no leader', async () => {
          const { code } = await story().fleet.gatefleet('status');
          return code !== 0;
        });
        const told = await follow('The quorum is lost', { fails: ['gatefleet status'] });
        expect(told).toMatch(/^consul-2 .* Running /m);

        await follow('The quorum is lost', { block: 1 });
        expect(await serials()).toEqual(before);
        expect(await story().fleet.acme()).toEqual(seen);
        await allIsWell('quorum lost');
      },
      10 * minute,
    );

    test(
      'brings what is served into a store whose encryption key is lost for good, and orders nothing',
      async () => {
        const [before, seen] = [await serials(), await story().fleet.acme()];
        await loseEncryptionKey(story().fleet);
        await follow('The encryption key is lost', { block: 1 });
        expect(await serials()).toEqual(before);
        expect(await story().fleet.acme()).toEqual(seen);
        await allIsWell('encryption key lost');
      },
      10 * minute,
    );
  });
}
