import { describe, expect, test } from '@jest/globals';
import { eventually } from '../support/shell.ts';
import { minute, type Story } from '../support/story.ts';

/** Changes by kubectl of what git says. */
export function byHand(story: () => Story): void {
  describe('a change by hand', () => {
    const replicas = () =>
      story().fleet.kubectl(
        '-n',
        'gatefleet',
        'get',
        'deployment',
        'acme-controller',
        '-o',
        'jsonpath={.spec.replicas}',
      );
    const scale = (count: number) =>
      story().fleet.kubectl('-n', 'gatefleet', 'scale', 'deployment', 'acme-controller', `--replicas=${count}`);
    const automate = (policy: object | null) =>
      story().fleet.kubectl(
        ...['-n', 'argocd', 'patch', 'application', 'local', '--type=merge', '-p'],
        JSON.stringify({ spec: { syncPolicy: { automated: policy } } }),
      );

    test(
      'is undone where syncs are automated',
      async () => {
        await scale(1);
        await eventually('both controllers', async () => (await replicas()) === '2');
      },
      4 * minute,
    );

    test(
      'is shown with who and what where a person syncs, and stays until somebody does',
      async () => {
        await automate(null);
        await scale(1);
        await story().fleet.kubectl(
          ...['-n', 'gatefleet', 'patch', 'deployment', 'acme-controller', '-p', '{"spec":{"revisionHistoryLimit":7}}'],
        );
        const told = await eventually('the drift', async () => {
          const { code, stdout } = await story().fleet.gatefleet('status');
          return stdout.includes('is not as git says') && { code, stdout };
        });
        expect(told.code).toBe(1);
        expect(told.stdout).toMatch(
          /^local is not as git says: apps\/Deployment gatefleet\/acme-controller, written by kubectl-patch at \S+Z \(spec\.revisionHistoryLimit\) and by kubectl \(spec\.replicas\)$/m,
        );
        expect(await replicas()).toBe('1');
        expect(await story().fleet.gatefleet('sync', 'local', '--yes')).toMatchObject({ code: 0 });
        expect(await replicas()).toBe('2');
        await automate({ prune: true, selfHeal: true });
      },
      6 * minute,
    );
  });
}
