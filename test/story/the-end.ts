import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { processesNaming, processesOf } from '../support/processes.ts';
import { eventually, run } from '../support/shell.ts';
import { minute, type Story } from '../support/story.ts';

/** What is left behind: nothing. */
export function theEnd(story: () => Story): void {
  describe('the end', () => {
    test(
      'down leaves nothing behind',
      async () => {
        const { code } = await run('npm', ['run', '--silent', 'down'], { cwd: story().clone });
        expect(code).toBe(0);
        await expectNothingLeft();
      },
      minute,
    );

    test(
      'Ctrl-C in the middle of up leaves nothing behind',
      async () => {
        let pid = 0;
        const started = run('npm', ['run', '--silent', 'up'], {
          cwd: story().clone,
          group: true,
          onStart: (id) => (pid = id),
        });
        await eventually('a running API server', async () => {
          const running = await processesOf(story().clone).catch(() => []);
          return running.some(({ command }) => command.includes('kube-apiserver'));
        });
        process.kill(-pid, 'SIGINT'); // as a terminal does: to the whole foreground group
        expect((await started).code).not.toBe(0);
        await expectNothingLeft();
      },
      4 * minute,
    );

    async function expectNothingLeft(): Promise<void> {
      expect(await processesNaming(story().clone)).toEqual([]);
      expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(story().clone);
      expect(await story().fleet.git('remote')).toBe('');
      const { stdout } = await run('git', ['-C', story().clone, 'status', '--porcelain', '--ignored']);
      const left = stdout.split('\n').filter((line) => line !== '' && !line.endsWith('node_modules/'));
      expect(left).toEqual([]);
    }
  });
}
