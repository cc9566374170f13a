import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ingressManifest } from '../support/manifests.ts';
import { processesOf } from '../support/processes.ts';
import { minute, shop, type Story } from '../support/story.ts';

/** Processes and Pods that end in the middle of the work. */
export function faults(story: () => Story): void {
  describe('faults', () => {
    test(
      'SIGKILL of leader, store server and gateway during 20 issuances: all served, none issued twice',
      async () => {
        const hosts = Array.from({ length: 20 }, (_, i) => `fault-${i}.gatefleet.localhost`);
        const before = await story().fleet.acme();
        await story().fleet.apply(`{ apiVersion: v1, kind: Namespace, metadata: { name: faults } }`);
        await story().fleet.apply(
          hosts.map((host, i) => ingressManifest('faults', `fault-${i}`, host)).join('\n---\n'),
        );
        const { leader } = await story().fleet.report();
        if (leader === undefined) throw new Error('no controller leads');
        const victims = [
          await processOf('main.js controller', leader),
          await processOf('consul agent', `consul-${Math.floor(Math.random() * 3)}`),
          await processOf('traefik --'),
        ];
        for (const pid of victims) {
          await sleep(Math.random() * 1_000);
          process.kill(pid, 'SIGKILL');
        }
        for (const host of hosts) await story().fleet.servedByAll(host, 3);
        const after = await story().fleet.acme();
        expect(after.issued - before.issued).toBe(20);
      },
      10 * minute,
    );

    test(
      'all Pods deleted at once: the same serials come back from the volumes',
      async () => {
        const serials = async () =>
          Object.fromEntries((await story().fleet.certificates()).map(({ id, current }) => [id, current?.serial]));
        const before = await serials();
        const seen = await story().fleet.acme();
        await story().fleet.kubectl(
          '-n',
          'gatefleet',
          'delete',
          'pods',
          '--all',
          '--wait=false',
          '--grace-period=0',
          '--force',
        );
        expect(await story().fleet.servedByAll(shop, 3)).toBe(story().up.certificate.current.serial);
        expect(await serials()).toEqual(before);
        expect(await story().fleet.acme()).toEqual(seen);
      },
      6 * minute,
    );
  });
  /** A container's process by its command line; with a Pod's name, the one of that Pod. */
  async function processOf(command: string, pod?: string): Promise<number> {
    const found = (await processesOf(story().clone)).filter(
      (one) => one.command.includes(command) && !one.command.includes('conmon'),
    );
    for (const { pid } of found.toSorted(() => Math.random() - 0.5)) {
      const environment = (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
      if (pod === undefined || environment.includes(`POD_NAME=${pod}`)) return pid;
    }
    throw new Error(`no process runs ${command}${pod === undefined ? '' : ` in Pod ${pod}`}`);
  }
}
