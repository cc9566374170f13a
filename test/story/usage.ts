import { describe, expect, test } from '@jest/globals';
import { eventually } from '../support/shell.ts';
import type { Story } from '../support/story.ts';

/** What containers and nodes use, through the aggregated API. */
export function usage(story: () => Story): void {
  describe('usage', () => {
    test('kubectl top shows what every gateway and every node uses', async () => {
      const { kubectl } = story().fleet;
      const pods = await eventually('a line for each of three gateways', async () => {
        const gateways = ['-n', 'gatefleet', '-l', 'app.kubernetes.io/name=traefik'];
        const lines = (await kubectl('top', 'pods', ...gateways, '--no-headers')).trim().split('\n');
        return lines.length === 3 && lines;
      });
      for (const line of pods) {
        const [, mebibytes] = /^traefik-\S+\s+\d+m\s+(\d+)Mi\s*$/.exec(line) ?? [];
        expect(Number(mebibytes)).toBeGreaterThan(10);
      }
      await eventually('a line for each of three nodes', async () => {
        const lines = (await kubectl('top', 'nodes', '--no-headers')).trim().split('\n');
        return lines.length === 3 && lines.every((line) => /^node-\d\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%\s*$/.test(line));
      });
    });
  });
}
