import { describe, expect, test } from '@jest/globals';
import { changeEnvironment } from '../support/change-environment.ts';
import { eventually } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

/** Changes of environment.yaml that reach the gateways by a push. */
export function gitPush(story: () => Story): void {
  describe('a change by git push', () => {
    const change = (edit: (text: string) => string) => changeEnvironment(story(), edit);

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
          text
            .replace('workload: Deployment', 'workload: DaemonSet\n    maxRequestBody: 1Ki')
            .replace(/^ *replicas: 5\n/m, ''),
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

    test('of the largest body of a request is kept to by these gateways', async () => {
      // Each connection may come to another of the three.
      for (let asked = 0; asked < 12; asked += 1) {
        expect(await story().fleet.https(shop, { path: '/post', body: 'x'.repeat(1_024) })).toMatchObject({
          status: 200,
        });
        expect(await story().fleet.https(shop, { path: '/post', body: 'x'.repeat(1_025) })).toMatchObject({
          status: 413,
        });
      }
    });
  });
}
