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

    test.each<{
      given: string;
      file: string;
      from: string;
      to: string;
      reason: RegExp;
      resource: RegExp;
      next: string;
    }>([
      {
        given: 'an image that is not there',
        file: 'overlays/local/version/kustomization.yaml',
        from: 'newTag: v3.6.12',
        to: 'newTag: v0.0.0',
        reason: /ImagePull/,
        resource: /^Pod gatefleet\/traefik-/,
        next: 'overlays/local/version',
      },
      {
        given: 'a configuration that Traefik refuses',
        file: 'base/traefik/deployment.yaml',
        from: '- --ping=true',
        to: '- --pong=true',
        reason: /CrashLoopBackOff/,
        resource: /^Pod gatefleet\/traefik-/,
        next: 'gatefleet rollback local',
      },
      {
        given: 'a store that would end one server after the other',
        file: 'base/consul/statefulset.yaml',
        from: '- -log-json',
        to: '- -log-json=perhaps',
        reason: /CrashLoopBackOff/,
        resource: /^Pod gatefleet\/consul-/,
        next: 'gatefleet rollback local',
      },
    ])(
      '$given is told with Pod, reason and next step, traffic goes on, and a rollback brings it in order',
      async ({ given, file, from, to, reason, resource, next }) => {
        const asking = keepAsking(() => story().fleet.https(shop));
        const message = `Break it by ${given}`;
        await edit(file, from, to, message);
        await push();
        const began = performance.now();
        const broken = await asJson<{ next: string }>('sync', 'local', '--yes');
        process.stderr.write(`${given}: told in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
        expect(broken).toMatchObject({
          code: 1,
          value: {
            kind: 'failed',
            reason: expect.stringMatching(reason),
            resource: expect.stringMatching(resource),
            next: expect.stringContaining(next),
          },
        });

        expect(await asJson('rollback', 'local', '--yes')).toMatchObject({
          code: 0,
          value: { kind: 'reverted', commits: [{ subject: message }] },
        });
        await push();
        const restoring = performance.now();
        const { value } = await asJson<{ local: object }>('wait', 'local');
        // Whole, so that a failure shows what was told.
        expect(value.local).toEqual(expect.objectContaining({ kind: 'arrived' }));
        process.stderr.write(
          `${given}: in order ${((performance.now() - restoring) / 1000).toFixed(1)} s after the push\n`,
        );
        expect(await asking.stop()).toEqual({ asked: expect.any(Number), failed: [] });
        const status = await asJson<{ environments: { store: object }[] }>('status');
        expect(status.value.environments[0]?.store).toEqual({ kind: 'counted', right: 3, of: 3 });
      },
      8 * minute,
    );

    test.each([
      { given: 'two servers', from: 'replicas: 3', to: 'replicas: 2', finds: /quorum-is-odd/ },
      {
        given: 'all servers ended at once',
        from: 'maxUnavailable: 1',
        to: 'maxUnavailable: 3',
        finds: /quorum-survives/,
      },
    ])('lint stops a store of $given before the push', async ({ from, to, finds }) => {
      const files = ['base/consul/statefulset.yaml', 'base/consul/poddisruptionbudget.yaml'];
      const texts = await Promise.all(files.map((file) => readFile(join(story().clone, file), 'utf8')));
      try {
        for (const [i, file] of files.entries()) {
          await writeFile(join(story().clone, file), texts[i]?.replace(from, to) ?? '');
        }
        expect(await gatefleet('lint', 'local')).toMatchObject({ code: 1, stdout: expect.stringMatching(finds) });
      } finally {
        for (const [i, file] of files.entries()) await writeFile(join(story().clone, file), texts[i] ?? '');
      }
    });

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
