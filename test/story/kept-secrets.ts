import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { processesOf } from '../support/processes.ts';
import { succeed } from '../support/shell.ts';
import { minute, type Story } from '../support/story.ts';

/** What must be nowhere, and whose it is. */
interface Needle {
  readonly whose: string;
  readonly forms: readonly string[];
}

/** Where it was looked, and all that is there. */
type Place = readonly [name: string, text: string];

/** Parts of Secrets that are no secret, or say again what another key says. */
const isPublic = /\.crt$|\.json$|^namespace$/;
/** How the private key of a certificate begins when Node writes it: P-256 in PKCS#8, RFC 5958 and RFC 5480. */
const anyPrivateKey = ['MIGHAgEAMBMGByqGSM49AgEGCCqGSM49', 'AwEHBG0wawIBAQQg'].join(''); // not to be found here

/** Every key and token of the cluster, looked for wherever it could have been left. */
export function keptSecrets(story: () => Story): void {
  describe('keys and tokens', () => {
    test(
      'are in no argument, variable, log, Event, metric, object, commit or file that others may read, nor in clear below gatefleet/',
      async () => {
        const secrets = await secretsOfTheNamespace();
        const needles = [...secrets, ...(await keysOfCertificates()), ...(await accountTokens())];
        const places = new Map([
          ...(await processes()),
          ...(await logs()),
          ...(await objects()),
          ...(await metrics()),
          ...(await commits()),
          ...(await openFiles(join(story().clone, '.gatefleet'))),
          ['gatefleet/ in the store', await storeDump('gatefleet/')] as const,
        ]);
        const found = [...places].flatMap(([place, text]) =>
          needles
            .filter(({ forms }) => forms.some((form) => text.includes(form)))
            .map(({ whose }) => `${whose} in ${place}`),
        );
        process.stderr.write(`looked for ${needles.length} keys and tokens in ${places.size} places\n`);
        expect(found).toEqual([]);
        // That they would be found, and the places were really looked into.
        const kept = await kubectl('-n', 'gatefleet', 'get', 'secrets', '-o', 'json');
        expect(secrets.filter(({ forms }) => !forms.some((form) => kept.includes(form)))).toEqual([]);
        expect(secrets.length).toBeGreaterThan(10);
        for (const [place, text] of [
          ['log of gatefleet acme-controller', '"level":"info"'],
          ['metrics of', 'gatefleet_'],
          ['gatefleet/ in the store', 'gatefleet/accounts/'],
          ['commits', 'kind: Environment'],
        ] as const)
          expect([...places].some(([name, content]) => name.startsWith(place) && content.includes(text))).toBe(true);
      },
      5 * minute,
    );
  });

  const kubectl = (...args: string[]) => story().fleet.kubectl(...args);

  async function secretsOfTheNamespace(): Promise<readonly Needle[]> {
    const { items } = JSON.parse(await kubectl('-n', 'gatefleet', 'get', 'secrets', '-o', 'json')) as {
      items: { metadata: { name: string }; data?: Record<string, string> }[];
    };
    return items.flatMap(({ metadata: { name }, data = {} }) =>
      Object.entries(data)
        .filter(([key]) => !isPublic.test(key))
        .map(([key, base64]) => ({ whose: `${name}/${key}`, forms: formsOf(Buffer.from(base64, 'base64')) })),
    );
  }

  async function keysOfCertificates(): Promise<readonly Needle[]> {
    const entries = JSON.parse(await storeDump('traefik/tls/certificates/')) as { key: string; value: string }[];
    const keys = entries
      .filter(({ key }) => key.endsWith('/keyFile'))
      .map(({ key, value }) => ({ whose: key, forms: formsOf(Buffer.from(value, 'base64')) }));
    return [...keys, { whose: 'a private key', forms: [anyPrivateKey] }];
  }

  /** Of the components that have one while they run. */
  async function accountTokens(): Promise<readonly Needle[]> {
    const path = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    return Promise.all(
      ['traefik', 'acme-controller'].map(async (name) => {
        const first = ['-l', `app.kubernetes.io/name=${name}`, '-o', 'jsonpath={.items[0].metadata.name}'];
        const pod = await kubectl('-n', 'gatefleet', 'get', 'pods', ...first);
        const token = await kubectl('-n', 'gatefleet', 'exec', pod, '--', 'cat', path);
        return { whose: `the account of ${name}`, forms: [token.trim()] };
      }),
    );
  }

  async function storeDump(prefix: string): Promise<string> {
    const base64 = await kubectl(
      ...['-n', 'gatefleet', 'get', 'secret', 'consul-management-token', '-o', 'jsonpath={.data.token}'],
    );
    const { kubectlPath, kubeconfig } = story().fleet;
    const inside = ['-n', 'gatefleet', 'exec', '-i', 'consul-0', '--'];
    const exported = ['consul', 'kv', 'export', '-token-file=/dev/stdin', prefix];
    const input = Buffer.from(base64, 'base64').toString();
    return succeed(kubectlPath, ['--kubeconfig', kubeconfig, ...inside, ...exported], { input });
  }

  async function processes(): Promise<readonly Place[]> {
    const all = await processesOf(story().clone);
    const places = all.map(async ({ pid, command }): Promise<readonly Place[]> => {
      const variables = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      const name = `${pid} ${command.slice(0, 60)}`;
      return [
        [`arguments of ${name}`, command],
        [`variables of ${name}`, variables],
      ];
    });
    return (await Promise.all(places)).flat();
  }

  /** Of every container of every namespace, those before it too, and of what runs the cluster. */
  async function logs(): Promise<readonly Place[]> {
    const each = 'jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{"\\n"}{end}';
    const pods = (await kubectl('get', 'pods', '-A', '-o', each)).trim().split('\n');
    const places: Place[] = [];
    for (const pod of pods) {
      const [namespace = '', name = ''] = pod.split(' ');
      const log = ['-n', namespace, 'logs', name, '--all-containers'];
      places.push([`log of ${pod}`, await kubectl(...log)]);
      places.push([`log of ${pod} before`, await kubectl(...log, '--previous').catch(() => '')]);
    }
    const folder = join(story().clone, '.gatefleet/logs');
    for (const file of await readdir(folder))
      places.push([`log of the cluster’s ${file}`, await readFile(join(folder, file), 'utf8')]);
    return places;
  }

  /** All that the API server has, but Secrets. */
  async function objects(): Promise<readonly Place[]> {
    const kinds = (await kubectl('api-resources', '--verbs=list', '-o', 'name')).trim().split('\n');
    const others = kinds.filter((kind) => kind !== 'secrets');
    return Promise.all(
      others.map(async (kind): Promise<Place> => [
        kind,
        await kubectl('get', kind, '-A', '-o', 'json').catch(() => ''),
      ]),
    );
  }

  /** Consul's want a token, and tell numbers by names that stand in its source. */
  async function metrics(): Promise<readonly Place[]> {
    const paths = { 'acme-controller:status': '/metrics', 'traefik-internal:internal': '/metrics' };
    return Promise.all(
      Object.entries(paths).map(async ([service, path]): Promise<Place> => [
        `metrics of ${service}`,
        await kubectl('get', '--raw', `/api/v1/namespaces/gatefleet/services/${service}/proxy${path}`),
      ]),
    );
  }

  /** Of the clone and of the repository that Argo CD reads, on all branches, with what they changed. */
  async function commits(): Promise<readonly Place[]> {
    const { git } = story().fleet;
    await git('fetch', '--quiet', 'local');
    return [['commits', await git('log', '--all', '--patch', '--format=fuller')]];
  }

  /** Files below a folder that others may read, by their own mode and that of the folders down to them. */
  async function openFiles(folder: string): Promise<readonly Place[]> {
    const places: Place[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      const { mode, size } = await stat(path).catch(() => ({ mode: 0, size: 0 }));
      if (entry.isDirectory() && (mode & 0o001) !== 0) places.push(...(await openFiles(path)));
      // Programs that were linked there are larger, and were there before any key.
      if (entry.isFile() && (mode & 0o004) !== 0 && size < 10_000_000)
        places.push([path, await readFile(path, 'latin1')]);
    }
    return places;
  }
}

/** A secret as it is, in base64 and in hexadecimal; of PEM the lines that tell it from others. */
function formsOf(secret: Buffer): readonly string[] {
  const text = secret.toString('latin1').trim();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  // The first line of a key in PEM is the same in all of its kind.
  const plain = text.startsWith('-----') ? lines.slice(1, 2) : [text];
  return [...plain, secret.toString('base64'), secret.toString('hex')].filter((form) => form.length >= 16);
}
