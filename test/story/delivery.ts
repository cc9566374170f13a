import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { keepAsking } from '../support/keep-asking.ts';
import { minute, shop, type Story } from '../support/story.ts';

/** From a commit to proven gateways, what cannot come, and the way back. */
export function delivery(story: () => Story): void {
  describe('delivery', () => {
    const gatefleet = (...args: string[]) => story().fleet.gatefleet(...args);
    const asJson = async <T>(...args: string[]) => {
      const { code, stdout } = await gatefleet(...args, '--output', 'json');
      return { code, value: JSON.parse(stdout) as T };
    };
    const push = () => story().fleet.git('push', '--quiet', 'local', 'main');
    const edit = async (file: string, from: string | RegExp, to: string, message: string) => {
      const path = join(story().clone, file);
      await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
      await story().fleet.git('commit', '--quiet', '--all', '--message', message);
    };

    test(
      'what runs is proven gateway by gateway, and its history tells commit and subject',
      async () => {
        expect(await asJson('wait', 'local')).toMatchObject({
          code: 0,
          value: { local: { kind: 'arrived', gateways: [{ ready: true, differs: [] }, {}, {}] } },
        });
        const head = (await story().fleet.git('rev-parse', 'HEAD')).trim();
        const history = await asJson<readonly object[]>('history', 'local');
        expect(history.value[0]).toMatchObject({ revision: head, subject: 'Change the local environment' });
      },
      5 * minute,
    );

    test(
      'a sync without anybody to ask is refused, and with --yes comes to the same proof',
      async () => {
        expect(await gatefleet('sync', 'local')).toMatchObject({
          code: 2,
          stdout: 'nobody can be asked here: say --yes\n',
        });
        expect(await asJson('sync', 'local', '--yes')).toMatchObject({ code: 0, value: { kind: 'arrived' } });
      },
      5 * minute,
    );

    test(
      'an image that is not there is told with Pod, reason and next step, traffic goes on, and a rollback brings it in order',
      async () => {
        const asking = keepAsking(() => story().fleet.https(shop));
        await edit(
          'overlays/local/version/kustomization.yaml',
          'newTag: v3.6.12',
          'newTag: v0.0.0',
          'Break the gateways',
        );
        await push();
        const broken = await asJson<{ next: string }>('sync', 'local', '--yes');
        expect(broken).toMatchObject({
          code: 1,
          value: {
            kind: 'failed',
            reason: expect.stringMatching(/ImagePull/),
            resource: expect.stringContaining('traefik'),
          },
        });
        expect(broken.value.next).toContain('overlays/local/version');

        expect(await asJson('rollback', 'local', '--yes')).toMatchObject({
          code: 0,
          value: { kind: 'reverted', commits: [{ subject: 'Break the gateways' }] },
        });
        await push();
        expect(await asJson('wait', 'local')).toMatchObject({ code: 0, value: { local: { kind: 'arrived' } } });
        expect(await asking.stop()).toEqual({ asked: expect.any(Number), failed: [] });
      },
      8 * minute,
    );

    test(
      'a paused environment takes no commit until it is resumed, and says who paused it',
      async () => {
        expect(await gatefleet('pause', 'local', '--reason', 'incident 42')).toMatchObject({ code: 0 });
        await edit('overlays/local/environment.yaml', /$/, '# paused\n', 'Wait for it');
        await push();
        const refused = await gatefleet('sync', 'local', '--yes');
        expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('incident 42') });
        expect((await gatefleet('status')).stdout).toMatch(/local is paused by platform@example.com .*incident 42/);

        expect(await gatefleet('resume', 'local')).toMatchObject({ code: 0 });
        expect(await asJson('wait', 'local')).toMatchObject({ code: 0, value: { local: { kind: 'arrived' } } });
      },
      5 * minute,
    );
  });
}
