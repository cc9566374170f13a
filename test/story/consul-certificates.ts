import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { askAtRate, type Asked } from '../support/ask-at-rate.ts';
import { teamManifest } from '../support/manifests.ts';
import { minute, type Story, shop } from '../support/story.ts';

const perSecond = 100;
/** Asks that long before and after. */
const quietMs = 5_000;
const host = 'certified.gatefleet.localhost';

/** The CA of the store and what its servers show, replaced while all of it runs. */
export function consulCertificates(story: () => Story): void {
  describe('the certificates of the store', () => {
    test(
      `are replaced, and their CA too, by one command under ${perSecond} requests a second: no request fails, and orders go on`,
      async () => {
        const { fleet } = story();
        const before = await certificates();
        const seen = await fleet.acme();
        const asking = askAtRate(await fleet.door(shop), perSecond);
        let asked: Asked;
        try {
          await sleep(quietMs);
          const began = performance.now();
          const { code, stdout, stderr } = await fleet.gatefleet('rotate', 'consul-certificates', 'local', '--ca');
          process.stderr.write(
            `rotate consul-certificates --ca: ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
          );
          expect([code, stdout + stderr]).toEqual([0, expect.stringContaining('consul-server-certificate of local')]);
          expect(await fleet.acme()).toEqual(seen);
          await fleet.apply(teamManifest('certified', host));
          await fleet.servedByAll(host, 3);
          await sleep(quietMs);
        } finally {
          asked = await asking.stop();
        }
        process.stderr.write(`${JSON.stringify({ ...asked, failed: asked.failed.length })}\n`);
        expect(asked.failed).toEqual([]);
        expect(asked.perSecond).toBeGreaterThan(0.9 * perSecond);

        const { authorities, shown } = await certificates();
        expect(authorities).toHaveLength(1);
        expect(authorities[0]!.fingerprint256).not.toBe(before.authorities[0]!.fingerprint256);
        expect(shown.verify(authorities[0]!.publicKey)).toBe(true);
        expect(await shownByServers()).toEqual(new Set([shown.serialNumber]));
      },
      15 * minute,
    );
  });

  async function secret(name: string, key: string): Promise<string> {
    const path = `jsonpath={.data.${key.replaceAll('.', '\\.')}}`;
    const base64 = await story().fleet.kubectl('-n', 'gatefleet', 'get', 'secret', name, '-o', path);
    return Buffer.from(base64, 'base64').toString();
  }

  async function certificates() {
    const bundle = await secret('consul-ca', 'ca.crt');
    const authorities = bundle
      .match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g)!
      .map((pem) => new X509Certificate(pem));
    return { authorities, shown: new X509Certificate(await secret('consul-server-certificate', 'tls.crt')) };
  }

  /** Serials, asked from the controller's Pod, which may connect there. */
  async function shownByServers(): Promise<ReadonlySet<string>> {
    const script = `
      const { resolve4 } = require('node:dns/promises');
      const { connect } = require('node:tls');
      const ca = require('node:fs').readFileSync('/etc/gatefleet/consul-ca/ca.crt');
      resolve4('consul.gatefleet.svc.cluster.local').then((hosts) => hosts.forEach((host) => {
        const socket = connect({ host, port: 8501, servername: 'consul', ca }, () => {
          console.log(socket.getPeerX509Certificate().serialNumber);
          socket.destroy();
        });
      }));`;
    const printed = await story().fleet.kubectl(
      ...['-n', 'gatefleet', 'exec', 'deployment/acme-controller', '--', 'node', '-e', script],
    );
    return new Set(printed.trim().split('\n'));
  }
}
