import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keepAsking } from '../support/keep-asking.ts';
import { loseEncryptionKey } from '../support/lose-key.ts';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { processesNaming, processesOf } from '../support/processes.ts';
import { eventually, run, type Ran } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

interface Volume {
  readonly spec: { readonly claimRef: { readonly name: string }; readonly local: { readonly path: string } };
}

/**
 * The store has lost something, then the key of its records, then the cluster is gone with a supervisor that is killed. What is left is git,
 * one snapshot and its passphrase.
 */
export function recovery(story: () => Story): void {
  describe('what is lost', () => {
    const kept = ['one', 'two', 'three'].map((name) => `kept-${name}.gatefleet.localhost`);
    const teams = [
      teamManifest('kept', kept[0] ?? ''),
      ...kept.slice(1).map((host, i) => ingressManifest('kept', `web-${i}`, host)),
    ];
    const hosts = [shop, ...kept];
    /** Wanted only after the snapshot. */
    const later = 'kept-later.gatefleet.localhost';
    const serials = async () =>
      new Map(await Promise.all(hosts.map(async (host) => [host, await story().fleet.servedByAll(host, 3)] as const)));
    let folder: string;
    let snapshot: string;
    let before: Awaited<ReturnType<typeof serials>>;
    const restore = (...more: string[]) =>
      story().fleet.gatefleet('restore', 'local', snapshot, '--passphrase-file', join(folder, 'passphrase'), ...more);

    const stopwatch = (what: string) => {
      const began = performance.now();
      return ({ stdout, stderr }: Ran) =>
        process.stderr.write(`${stderr}${stdout}${what}: ${Math.round((performance.now() - began) / 1000)} s\n`);
    };

    const passphraseOf = async () => {
      const secret = ['secret', 'gatefleet-backup-passphrase', '-o', 'jsonpath={.data.passphrase}'];
      return Buffer.from(await story().fleet.kubectl('-n', 'gatefleet', 'get', ...secret), 'base64').toString();
    };

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'gatefleet-recovery-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    test('has had its snapshots taken by the CronJob’s own Job, and kept where they were told', async () => {
      const { fleet } = story();
      await fleet.apply(teams.join('\n---\n'));
      before = await serials();
      const inNamespace = ['-n', 'gatefleet'];
      await fleet.kubectl(...inNamespace, 'create', 'job', 'drill', '--from=cronjob/consul-backup');
      await fleet.kubectl(...inNamespace, 'wait', 'job/drill', '--for=condition=complete', '--timeout=3m');
      const told = await fleet.kubectl(...inNamespace, 'logs', 'job/drill');
      const name = /"file":"([^"]+)"/.exec(told)?.[1] ?? '';
      const { items } = JSON.parse(await fleet.kubectl('get', 'pv', '-o', 'json')) as { items: Volume[] };
      const volume = items.find(({ spec }) => spec.claimRef.name === 'consul-backup')?.spec.local.path ?? '';
      snapshot = join(folder, basename(name));
      await copyFile(join(volume, name), snapshot);
      const passphrase = await passphraseOf();
      await writeFile(join(folder, 'passphrase'), passphrase, { mode: 0o600 });
      await eventually(
        'the CronJob to tell when it last succeeded',
        async () =>
          (await fleet.kubectl(
            ...inNamespace,
            'get',
            'cronjob',
            'consul-backup',
            '-o',
            'jsonpath={.status.lastSuccessfulTime}',
          )) !== '',
      );
    });

    test('is not restored over while it lives, and nothing is changed', async () => {
      const seen = await story().fleet.acme();
      const refused = await restore();
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('STORE_NOT_EMPTY') });
      await writeFile(join(folder, 'wrong'), 'another passphrase');
      const wrong = await restore('--passphrase-file', join(folder, 'wrong'));
      expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('BACKUP_NOT_OPENED') });
      expect(await serials()).toEqual(before);
      expect(await story().fleet.acme()).toEqual(seen);
    });

    test('comes back after an administrator deleted from the store, with the same certificates, and orders none', async () => {
      const { fleet } = story();
      const seen = await fleet.acme();
      const redirected = async () => (await fleet.http(shop)).status === 301;
      expect(await redirected()).toBe(true);
      const told = stopwatch('a damaged store');
      for (const prefix of ['gatefleet/certificates/', 'traefik/']) {
        const slip = ['consul', 'kv', 'delete', '-token-file=/consul/config/secrets/management', '-recurse', prefix];
        await fleet.kubectl('-n', 'gatefleet', 'exec', 'consul-0', '-c', 'consul', '--', ...slip);
      }
      await eventually('the gateways to have lost their routes', async () => !(await redirected()));
      const restored = await restore('--replace');
      told(restored);
      expect(restored).toMatchObject({ code: 0 });
      expect(await serials()).toEqual(before);
      await eventually('the gateways to have their routes', redirected);
      expect(await fleet.acme()).toEqual(seen);
    });

    test('comes back with the encryption key: no controller leads with another one, gateways serve on, and nothing is ordered again', async () => {
      const { fleet } = story();
      const seen = await fleet.acme();
      const told = stopwatch('a replaced key');
      const asking = keepAsking(() => fleet.https(shop));
      await loseEncryptionKey(fleet);
      await fleet.apply(ingressManifest('kept', 'later', later));
      const { leader } = await fleet.report().catch(() => ({ leader: undefined }));
      expect(leader).toBeUndefined();
      expect(await fleet.acme()).toEqual(seen);

      const restored = await restore('--key-only');
      told(restored);
      expect(restored).toMatchObject({ code: 0 });
      await fleet.servedByAll(later, 3);
      const { asked, failed } = await asking.stop();
      process.stderr.write(`asked ${asked} times meanwhile\n`);
      expect(failed).toEqual([]);
      expect(await serials()).toEqual(before);
      expect(await fleet.acme()).toEqual({ orders: seen.orders + 1, issued: seen.issued + 1 });
    });

    test(
      'comes back from git and the snapshot with the same certificates, and orders none',
      async () => {
        const { clone, fleet } = story();
        const supervisor = (await processesOf(clone)).find(({ command }) =>
          /node\S* \S*supervisor\/main\.ts/.test(command),
        );
        if (supervisor === undefined) throw new Error('no supervisor runs');
        process.kill(supervisor.pid, 'SIGKILL');
        await eventually('every process to be gone', async () => (await processesNaming(clone)).length === 0);
        expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(clone);
        const began = performance.now();
        const seconds = () => Math.round((performance.now() - began) / 1000);
        const upped = run('npm', ['run', '--silent', 'up'], { cwd: clone }).then((ran) => {
          process.stderr.write(`up ended after ${seconds()} s\n`);
          return ran;
        });
        let restored = await restore('--output', 'json');
        while (restored.code !== 0 && /NOT_RUNNING|TIMED_OUT/.test(restored.stderr)) {
          await sleep(1_000);
          restored = await restore('--output', 'json');
        }
        process.stderr.write(`${restored.stderr}restored after ${seconds()} s\n`);
        expect(restored).toMatchObject({ code: 0 });
        const ran = await upped;
        if (ran.code !== 0) process.stderr.write(ran.stderr);
        expect(ran).toMatchObject({ code: 0 });
        await fleet.apply(teams.join('\n---\n'));
        expect(await serials()).toEqual(before);
        const { orders } = await fleet.acme();
        process.stderr.write(
          `${hosts.length} hosts with the serials of before, ${orders} orders, ${seconds()} s after the new cluster was begun\n`,
        );
        expect(orders).toBe(0);
        expect(await passphraseOf()).toBe(await readFile(join(folder, 'passphrase'), 'utf8'));
        await eventually('everything to be well', async () => (await fleet.gatefleet('status')).code === 0, 5 * minute);
      },
      20 * minute,
    );
  });
}
