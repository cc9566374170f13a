import { describe, expect, test } from '@jest/globals';
import { memoryOf, processesOf } from '../support/processes.ts';
import { run, succeed } from '../support/shell.ts';
import { shop, type Story } from '../support/story.ts';

const gibibyte = 2 ** 30;

/** What `up` shows in a fresh clone, and when it is repeated. */
export function oneCommand(story: () => Story): void {
  describe('one command in a fresh clone', () => {
    test('ends well, with every gateway serving one serial', () => {
      expect(story().upped).toMatchObject({ code: 0 });
      const serials = story().up.certificate.gateways.map(({ result }) => result.serial);
      expect(serials).toEqual([
        story().up.certificate.current.serial,
        story().up.certificate.current.serial,
        story().up.certificate.current.serial,
      ]);
      expect(new Set(story().up.certificate.gateways.map(({ node }) => node)).size).toBe(3);
    });

    test('has a store of three members and the application at the pushed commit', async () => {
      expect(story().up.store.map(({ status }) => status)).toEqual(['ready', 'ready', 'ready']);
      expect(story().up.application).toMatchObject({ sync: 'Synced', health: 'Healthy' });
      expect((await story().fleet.git('rev-parse', 'HEAD')).trim()).toBe(story().up.commit);
    });

    test('prints a curl line that works in the user’s own shell', async () => {
      const { code, stdout } = await run('sh', ['-c', story().up.curl.replace('curl', 'curl --silent --fail')]);
      expect(code).toBe(0);
      expect(stdout).not.toBe('');
    });

    test('fits in 4 GiB', async () => {
      const bytes = await memoryOf(await processesOf(story().clone));
      process.stderr.write(`memory of the whole stack: ${(bytes / gibibyte).toFixed(2)} GiB\n`);
      expect(bytes).toBeLessThan(4 * gibibyte);
    });

    test('lists its certificates and its state, and is well', async () => {
      const certs = await story().fleet.gatefleet('certs');
      expect(certs.stdout).toMatch(
        new RegExp(`${shop} +shop +valid .*${story().up.certificate.current.serial} +3 of 3`),
      );
      expect(certs.code).toBe(0);
      const status = await story().fleet.gatefleet('status', '--output', 'json');
      expect(status.code).toBe(0);
      expect(JSON.parse(status.stdout)).toMatchObject({
        environments: [{ name: 'local', sync: 'Synced', health: 'Healthy', drift: [] }],
      });
    });
  });

  describe('a second time', () => {
    test(
      'up changes nothing and shows the same',
      async () => {
        const seen = await story().fleet.acme();
        const again = JSON.parse(
          await succeed('npm', ['run', '--silent', 'up', '--', '--output', 'json'], { cwd: story().clone }),
        ) as Story['up'];
        expect([again.commit, again.certificate.current.serial]).toEqual([
          story().up.commit,
          story().up.certificate.current.serial,
        ]);
        expect(await story().fleet.acme()).toEqual(seen);
      },
      4 * 60_000,
    );
  });
}
