import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { changeEnvironment } from '../support/change-environment.ts';
import { keepAsking } from '../support/keep-asking.ts';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { eventually } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';
import { gatewayPods, watchNewGateways } from '../support/watch-gateways.ts';

const fewest = 2;

/** Gateways that come and go with their load. */
export function autoscaling(story: () => Story): void {
  describe('autoscaling', () => {
    const others = Array.from({ length: 5 }, (_, i) => `scaled-${i}.gatefleet.localhost`);
    const hosts = [shop, ...others];
    const serials = new Map<string, string>();
    let turn = 0;
    const askInTurn = () => story().fleet.https(hosts[turn++ % hosts.length] ?? '');
    const ready = async () =>
      (await gatewayPods(story().fleet)).filter(({ isReady, isEnding }) => isReady && !isEnding).length;

    test(
      'the change from a fixed number loses no request, and leads to the fewest without load',
      async () => {
        const { fleet } = story();
        const [first = '', ...more] = others;
        await fleet.apply(
          [teamManifest('scaled', first), ...more.map((host, i) => ingressManifest('scaled', `web-${i}`, host))].join(
            '\n---\n',
          ),
        );
        for (const host of hosts) serials.set(host, await fleet.servedByAll(host, 3));
        await fleet.kubectl('-n', 'scaled', 'rollout', 'status', 'deployment/web', '--timeout=60s');
        const asking = keepAsking(askInTurn, { pauseMs: 200 });
        await changeEnvironment(story(), (text) =>
          text.replace(
            /replicas: 3\b/,
            `autoscaling: { min: ${fewest}, max: 5, cpu: 30, stabilization: { down: 30s } }`,
          ),
        );
        // The Application now leaves the number alone; who administers Argo CD applies it.
        await fleet.kubectl('apply', '-k', join(story().clone, 'apps/argocd/local'));
        await eventually('a measurement', async () => (await utilization()) !== undefined, 5 * minute);
        await eventually('the fewest gateways', async () => (await ready()) === fewest, 5 * minute);
        expect(await asking.stop()).toEqual({ asked: expect.any(Number), failed: [] });
      },
      10 * minute,
    );

    test(
      'load adds gateways, each of which serves every certificate when it becomes ready, and idling removes them: no request is lost',
      async () => {
        const { fleet } = story();
        const coming = await watchNewGateways(fleet, hosts);
        const began = performance.now();
        const tell = (what: string) =>
          process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0)} s: ${what}\n`);
        const calm = keepAsking(askInTurn, { pauseMs: 200 });
        const load = keepAsking(askInTurn, { askers: 4, pauseMs: 5 });
        const many = await eventually(
          'two more gateways',
          async () => {
            const now = await ready();
            return now >= fewest + 2 && now;
          },
          5 * minute,
        );
        tell(`${many} gateways at ${String(await utilization())} % of the request`);
        const top = await fleet.kubectl('-n', 'gatefleet', 'top', 'pods', '-l', 'app.kubernetes.io/name=traefik');
        tell(`kubectl top:\n${top}`);
        const loaded = await load.stop();
        tell(`${loaded.asked} requests asked by then; now without load`);
        await eventually(
          'the fewest gateways again',
          async () => {
            const pods = await gatewayPods(fleet);
            return pods.length === fewest && pods.every(({ isReady }) => isReady);
          },
          6 * minute,
        );
        const calmed = await calm.stop();
        tell(`${fewest} gateways; ${calmed.asked} requests asked without haste, on the way up and down`);
        expect([loaded.failed, calmed.failed]).toEqual([[], []]);
        const shown = await coming.stop();
        expect(shown.size).toBeGreaterThanOrEqual(2);
        for (const [pod, byHost] of shown) expect([pod, byHost]).toEqual([pod, serials]);
      },
      14 * minute,
    );

    async function utilization(): Promise<number | undefined> {
      const { status } = JSON.parse(
        await story().fleet.kubectl('-n', 'gatefleet', 'get', 'hpa', 'traefik', '-o', 'json'),
      ) as { status: { currentMetrics?: { resource?: { current: { averageUtilization?: number } } }[] } };
      return status.currentMetrics?.[0]?.resource?.current.averageUtilization;
    }
  });
}
