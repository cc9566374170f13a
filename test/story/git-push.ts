import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

/** Changes of environment.yaml that reach the gateways by a push. */
export function gitPush(story: () => Story): void {
  describe('a change by git push', () => {
    const change = async (edit: (text: string) => string) => {
      const file = join(story().clone, 'overlays/local/environment.yaml');
      await writeFile(file, edit(await readFile(file, 'utf8')));
      const generated = await story().fleet.gatefleet('generate', 'local');
      expect(generated).toMatchObject({ code: 0 });
      await story().fleet.git('commit', '--quiet', '--all', '--message', 'Change the local environment');
      await story().fleet.git('add', '--all');
      await story().fleet.git('commit', '--quiet', '--amend', '--no-edit');
      await story().fleet.git('push', '--quiet', 'local', 'main');
    };

    test(
      'of 3 replicas to 5 brings five gateways with the same serial and no further order',
      async () => {
        const before = await story().fleet.acme();
        await change((text) => text.replace(/replicas: 3\b/, 'replicas: 5'));
        expect(await story().fleet.servedByAll(shop, 5)).toBe(story().up.certificate.current.serial);
        expect(await story().fleet.acme()).toEqual(before);
      },
      6 * minute,
    );

    test(
      'of Deployment to DaemonSet brings one gateway a node with the same serial and no further order',
      async () => {
        const before = await story().fleet.acme();
        await change((text) =>
          text.replace('workload: Deployment', 'workload: DaemonSet').replace(/^ *replicas: 5\n/m, ''),
        );
        await eventually(
          'the DaemonSet',
          async () =>
            (await story().fleet.kubectl(
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
          const deployments = await story().fleet.kubectl('-n', 'gatefleet', 'get', 'deployment', '-o', 'name');
          return !deployments.includes('traefik');
        });
        expect(await story().fleet.servedByAll(shop, 3)).toBe(story().up.certificate.current.serial);
        expect(await story().fleet.acme()).toEqual(before);
      },
      6 * minute,
    );
  });
}
