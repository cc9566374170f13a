import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ingressManifest, teamManifest } from '../support/manifests.ts';
import { eventually } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

interface Volume {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly claimRef?: { readonly namespace: string } };
  readonly status: { readonly phase: string };
}

/** The gateways' namespace is gone, with everything in it. */
export function namespaceDeleted(story: () => Story): void {
  describe('the namespace is deleted', () => {
    const others = Array.from({ length: 4 }, (_, i) => `kept-${i}.gatefleet.localhost`);
    const hosts = [shop, ...others];
    const serials = async () =>
      new Map(await Promise.all(hosts.map(async (host) => [host, await story().fleet.servedByAll(host, 3)] as const)));
    const volumes = async () => {
      const { items } = JSON.parse(await story().fleet.kubectl('get', 'pv', '-o', 'json')) as { items: Volume[] };
      return items.filter(({ spec }) => spec.claimRef?.namespace === 'gatefleet');
    };
    const deleteNamespace = () => story().fleet.kubectl('delete', 'namespace', 'gatefleet', '--wait=true');
    const backToNormal = () =>
      eventually(
        'everything to be well',
        async () => (await story().fleet.gatefleet('status')).code === 0,
        10 * minute,
      );

    test(
      'and Argo CD makes all of it anew; what was in the volumes is ordered again, once',
      async () => {
        const { fleet } = story();
        const [first = '', ...more] = others;
        await fleet.apply(
          [teamManifest('kept', first), ...more.map((host, i) => ingressManifest('kept', `web-${i}`, host))].join(
            '\n---\n',
          ),
        );
        const before = await serials();
        const { orders, issued } = await fleet.acme();
        // Of the chapters before too, whose Ingresses are in namespaces that stay.
        const wanted = (await fleet.certificates()).filter(({ state }) => state !== 'retained').length;
        await deleteNamespace();
        await backToNormal();
        const after = await serials();
        for (const host of hosts) expect(after.get(host)).not.toBe(before.get(host));
        expect(await fleet.acme()).toEqual({ orders: orders + wanted, issued: issued + wanted });
      },
      15 * minute,
    );

    test(
      'with volumes that are retained and a copy of the Secrets, the same certificates are served and none is ordered',
      async () => {
        const { fleet } = story();
        const before = await serials();
        const seen = await fleet.acme();
        for (const { metadata } of await volumes()) {
          await fleet.kubectl(
            'patch',
            'pv',
            metadata.name,
            '-p',
            '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}',
          );
        }
        const secrets = await copyOfSecrets();

        await fleet.gatefleet('pause', 'local');
        await deleteNamespace();
        await eventually('released volumes', async () =>
          (await volumes()).every(({ status }) => status.phase === 'Released'),
        );
        for (const { metadata } of await volumes()) {
          await fleet.kubectl(
            ...['patch', 'pv', metadata.name, '--type=merge', '-p'],
            '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}',
          );
        }
        await fleet.kubectl('create', 'namespace', 'gatefleet');
        await fleet.apply(secrets);
        await fleet.gatefleet('resume', 'local');
        await backToNormal();
        expect(await serials()).toEqual(before);
        expect(await fleet.acme()).toEqual(seen);
      },
      15 * minute,
    );

    test(
      'with a backup alone, orders are held until it is imported, the same certificates are served and none is ordered',
      async () => {
        const { fleet } = story();
        const folder = await mkdtemp(join(tmpdir(), 'gatefleet-backup-'));
        const [backup, passphrase] = [join(folder, 'certificates.backup'), join(folder, 'passphrase')];
        await writeFile(passphrase, 'a passphrase for a test\n', { mode: 0o600 });
        const certs = (...args: string[]) => fleet.gatefleet('certs', ...args);
        const before = await serials();
        const seen = await fleet.acme();
        expect(await certs('export', backup, '--passphrase-file', passphrase)).toMatchObject({ code: 0 });

        await fleet.gatefleet('pause', 'local');
        for (const { metadata } of await volumes()) {
          await fleet.kubectl(
            'patch',
            'pv',
            metadata.name,
            '-p',
            '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}',
          );
        }
        await deleteNamespace();
        await eventually('volumes to be gone', async () => (await volumes()).length === 0);
        await fleet.kubectl('create', 'namespace', 'gatefleet');
        const hold = ['-n', 'gatefleet', 'configmap', 'hold-orders'];
        await fleet.kubectl('create', ...hold, '--from-literal=command={"command":"hold"}');
        await fleet.kubectl('label', ...hold, 'gatefleet.dev/certificate-command=hold');
        await fleet.gatefleet('resume', 'local');
        await eventually(
          'the import',
          async () => (await certs('import', backup, '--passphrase-file', passphrase)).code === 0,
          10 * minute,
        );
        await fleet.kubectl('delete', ...hold);
        expect(await certs('resume')).toMatchObject({ code: 0 });
        await backToNormal();
        expect(await serials()).toEqual(before);
        expect(await fleet.acme()).toEqual(seen);
        await rm(folder, { recursive: true });
      },
      15 * minute,
    );

    /** The Secrets that were made in the cluster, as they can be applied again. */
    async function copyOfSecrets(): Promise<string> {
      const { items } = JSON.parse(
        await story().fleet.kubectl(
          ...['-n', 'gatefleet', 'get', 'secrets', '-l', 'app.kubernetes.io/part-of=gatefleet', '-o', 'json'],
        ),
      ) as { items: { metadata: { name: string; namespace: string; labels: object } }[] };
      const copies = items.map(({ metadata: { name, namespace, labels }, ...secret }) => ({
        ...secret,
        metadata: { name, namespace, labels },
      }));
      return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: copies });
    }
  });
}
