import { describe, expect, test } from '@jest/globals';
import { type Story } from '../support/story.ts';

/** The user’s own kubectl with the printed kubeconfig. */
export function ownKubectl(story: () => Story): void {
  describe('the user’s own kubectl', () => {
    test('gets, applies and reads logs', async () => {
      expect(await story().fleet.kubectl('get', 'nodes', '-o', 'name')).toBe('node/node-1\nnode/node-2\nnode/node-3\n');
      await story().fleet.apply(
        '{ apiVersion: v1, kind: ConfigMap, metadata: { name: note, namespace: default }, data: { a: b } }',
      );
      expect(await story().fleet.kubectl('get', 'configmap', 'note', '-o', 'jsonpath={.data.a}')).toBe('b');
      expect(await story().fleet.kubectl('-n', 'gatefleet', 'logs', 'statefulset/consul')).toContain('consul');
    });

    test('runs a command in a Pod', async () => {
      const printed = await story().fleet.kubectl(
        '-n',
        'gatefleet',
        'exec',
        'consul-0',
        '--',
        'consul',
        'operator',
        'raft',
        'list-peers',
      );
      expect(printed.match(/ voter /g)?.length ?? printed.match(/ true /g)?.length).toBe(3);
    });

    test('sees a deleted Pod replaced', async () => {
      const pods = async () =>
        (await story().fleet.kubectl('-n', 'shop', 'get', 'pods', '-o', 'name')).trim().split('\n').toSorted();
      const before = await pods();
      await story().fleet.kubectl('-n', 'shop', 'delete', before[0] ?? '', '--wait=true');
      await story().fleet.kubectl('-n', 'shop', 'rollout', 'status', 'deployment', '--timeout=60s');
      const after = await pods();
      expect(after).toHaveLength(before.length);
      expect(after).not.toContain(before[0]);
    });
  });
}
