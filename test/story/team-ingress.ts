import { describe, expect, test } from '@jest/globals';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { eventually } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

/** What a team gets for an Ingress in its own namespace. */
export function teamIngress(story: () => Story): void {
  describe('a team’s Ingress', () => {
    test('is served over HTTPS with its own certificate on every gateway', async () => {
      await story().fleet.apply(teamManifest('team-a', 'a.gatefleet.localhost'));
      const serial = await story().fleet.servedByAll('a.gatefleet.localhost', 3);
      await story().fleet.kubectl('-n', 'team-a', 'rollout', 'status', 'deployment/web', '--timeout=60s');
      const { status, serial: seen } = await eventually('an answer through the gateway', async () => {
        const answer = await story().fleet.https('a.gatefleet.localhost');
        return answer.status === 200 && answer;
      });
      expect(status).toBe(200);
      expect(seen).toBe(serial);
      expect(serial).not.toBe(story().up.certificate.current.serial);
    });

    test('gets a redirect on plain HTTP', async () => {
      const { status, location } = await story().fleet.http(shop);
      expect([status, location]).toEqual([301, `https://${shop}/`]);
    });

    test('for a foreign domain is refused before it is there', async () => {
      const before = await story().fleet.acme();
      await expect(story().fleet.apply(ingressManifest('team-a', 'foreign', 'www.example.org'))).rejects.toThrow(
        'The host www.example.org is outside the domains of this environment (gatefleet.localhost).',
      );
      expect(await story().fleet.acme()).toEqual(before);
    });

    test(
      'in ten new namespaces is served on every gateway; the times are printed',
      async () => {
        const seconds: number[] = [];
        for (let i = 0; i < 10; i += 1) {
          const host = `new-${i}.gatefleet.localhost`;
          await story().fleet.apply(teamManifest(`new-${i}`, host));
          const applied = performance.now();
          await story().fleet.servedByAll(host, 3);
          seconds.push((performance.now() - applied) / 1000);
        }
        seconds.sort((a, b) => a - b);
        process.stderr.write(
          `apply to served on every gateway, seconds: ${seconds.map((s) => s.toFixed(1)).join(' ')}\n`,
        );
        expect(seconds).toHaveLength(10);
      },
      10 * minute,
    );
  });
}
