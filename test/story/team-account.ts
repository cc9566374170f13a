import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { endpointSliceManifest, ingressManifest, podManifest } from '../support/manifests.ts';
import { eventually, run } from '../support/shell.ts';
import { minute, shop, type Story } from '../support/story.ts';

interface Attempt {
  readonly what: string;
  readonly kubectl: readonly string[];
  /** Given to `apply -f -`. */
  readonly input?: string;
}

const throughTheApi = (service: string, path: string) => [
  ...['get', '--raw', `/api/v1/namespaces/gatefleet/services/${service}/proxy${path}`],
];
const applied = (what: string, input: string): Attempt => ({ what, kubectl: ['apply', '-f', '-'], input });

/** What a team may want, beyond its own namespace. */
const refused: readonly Attempt[] = [
  { what: 'to read the gateways’ Secrets', kubectl: ['-n', 'gatefleet', 'get', 'secrets'] },
  { what: 'to read the encryption key', kubectl: ['-n', 'gatefleet', 'get', 'secret', 'gatefleet-encryption-key'] },
  { what: 'to read the store’s tokens', kubectl: ['-n', 'gatefleet', 'get', 'secret', 'consul-management-token'] },
  { what: 'to read another team’s Secrets', kubectl: ['-n', 'shop', 'get', 'secrets'] },
  { what: 'to read all Secrets', kubectl: ['get', 'secrets', '--all-namespaces'] },
  { what: 'to read the controller’s ConfigMaps', kubectl: ['-n', 'gatefleet', 'get', 'configmaps'] },
  { what: 'to read the controller’s log', kubectl: ['-n', 'gatefleet', 'logs', 'deployment/acme-controller'] },
  { what: 'a shell in a gateway', kubectl: ['-n', 'gatefleet', 'exec', 'deployment/traefik', '--', 'true'] },
  { what: 'the store, by the API server', kubectl: throughTheApi('https:consul:https', '/v1/status/leader') },
  {
    what: 'the controller’s API, by the API server',
    kubectl: throughTheApi('acme-controller:status', '/certificates'),
  },
  {
    what: 'the gateways’ API, by the API server',
    kubectl: throughTheApi('traefik-internal:internal', '/api/rawdata'),
  },
  { what: 'a token of the gateways’ account', kubectl: ['-n', 'gatefleet', 'create', 'token', 'traefik'] },
  applied('a Pod with the gateways’ account', podManifest('gatefleet', 'taken', 'traefik')),
  applied('an Ingress in another team’s namespace', ingressManifest('shop', 'taken', 'taken.gatefleet.localhost')),
  applied('its own Service to lead to any address', endpointSliceManifest('team-a', 'web', '10.96.0.1')),
  {
    what: 'every right',
    kubectl: [
      'create',
      'clusterrolebinding',
      'taken',
      '--clusterrole=cluster-admin',
      '--serviceaccount=team-a:default',
    ],
  },
  {
    what: 'every right in its own namespace',
    kubectl: [
      '-n',
      'team-a',
      'create',
      'rolebinding',
      'taken',
      '--clusterrole=admin',
      '--serviceaccount=team-a:default',
    ],
  },
];

/** What a Pod of a team may do with its ServiceAccount, which has Kubernetes' role `edit` in the team's namespace. */
export function teamAccount(story: () => Story): void {
  describe('the ServiceAccount of a team’s Pod', () => {
    let asTeam: (attempt: Attempt) => ReturnType<typeof run>;

    beforeAll(async () => {
      const { fleet } = story();
      await fleet.kubectl(
        ...['-n', 'team-a', 'create', 'rolebinding', 'team', '--clusterrole=edit', '--serviceaccount=team-a:default'],
      );
      const token = await fleet.kubectl(
        ...[
          '-n',
          'team-a',
          'exec',
          'deployment/web',
          '--',
          'cat',
          '/var/run/secrets/kubernetes.io/serviceaccount/token',
        ],
      );
      const config = parse(await readFile(fleet.kubeconfig, 'utf8')) as {
        users: [{ user: object }];
      };
      config.users[0].user = { token };
      const kubeconfig = `${fleet.kubeconfig}-of-team-a`;
      await writeFile(kubeconfig, stringify(config), { mode: 0o600 });
      asTeam = ({ kubectl: args, input }) =>
        run(fleet.kubectlPath, ['--kubeconfig', kubeconfig, ...args], { ...(input !== undefined && { input }) });
    });

    test.each(refused)('is refused $what', async (attempt) => {
      const { code, stderr } = await asTeam(attempt);
      process.stderr.write(`a team is refused ${attempt.what}: ${stderr.trim()}\n`);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/is forbidden|Forbidden/);
    });

    test(
      'is refused a certificate for another’s host, which goes on being served',
      async () => {
        const { fleet } = story();
        const before = { acme: await fleet.acme(), serial: await fleet.servedByAll(shop, 3) };
        const made = await asTeam(applied('', ingressManifest('team-a', 'taken', shop)));
        expect(made.stderr).toBe('');
        const told = await eventually('an Event about the host', async () => {
          const events = await fleet.kubectl('-n', 'team-a', 'get', 'events', '-o', 'json');
          const { items } = JSON.parse(events) as { items: { reason: string; message: string }[] };
          return items.find(({ reason }) => reason === 'HostTaken')?.message;
        });
        process.stderr.write(`a team asks for a certificate for ${shop}: ${told}\n`);
        expect({ acme: await fleet.acme(), serial: await fleet.servedByAll(shop, 3) }).toEqual(before);
        await fleet.kubectl('-n', 'team-a', 'delete', 'ingress', 'taken');
      },
      2 * minute,
    );
  });
}
