import { X509Certificate } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { certificateId } from '@gatefleet/acme';
import type { CoreV1Event, V1Ingress } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { controllerUser, startStand, type Replica, type Stand } from './support/stand.ts';

const ANNOTATION = 'gatefleet.dev/certificate-status';

let stand: Stand;
let replica: Replica;
beforeAll(async () => {
  stand = await startStand(['gatefleet.test', 'co.uk']);
  replica = await stand.startReplica();
}, 900_000);
afterAll(async () => {
  await replica[Symbol.asyncDispose]();
  await stand[Symbol.asyncDispose]();
});

const ingress = (name: string, host: string, namespace = 'shop') => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace },
  spec: {
    ingressClassName: 'traefik',
    rules: [{ host }],
    defaultBackend: { service: { name: 'web', port: { number: 80 } } },
  },
});

async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 30_000; !(await isSo()); await sleep(100)) {
    if (performance.now() > deadline) throw new Error(`${what} never came\n${replica.output().slice(-3_000)}`);
  }
}

async function ingresses(): Promise<readonly V1Ingress[]> {
  return (await stand.admin.list<V1Ingress>('networking.k8s.io/v1', 'Ingress')).items;
}

/** Comes back when all of these, and no matter which others, are served and are told so. */
async function told(names: readonly string[]): Promise<void> {
  await eventually(`an annotation on ${names.join()}`, async () => {
    const annotated = (await ingresses()).filter(({ metadata }) => {
      return metadata?.annotations?.[ANNOTATION]?.includes('valid until') === true;
    });
    const has = new Set(annotated.map(({ metadata }) => metadata?.name));
    return names.every((name) => has.has(name));
  });
}

async function reasons(name: string, namespace: string): Promise<readonly (string | undefined)[]> {
  const { items } = await stand.admin.list<CoreV1Event>('v1', 'Event', namespace);
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason }) => reason);
}

/** Serials of what the gateways are given, by host. */
async function serials(hosts: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  await eventually(`certificates for ${hosts.join()}`, async () => {
    for (const host of hosts) {
      const entry = await replica.store.get(`traefik/tls/certificates/${certificateId([host])}/certFile`);
      if (entry === undefined) return false;
      found.set(host, new X509Certificate(entry.value).serialNumber);
    }
    return true;
  });
  return found;
}

/** Of a command that found something: it printed what, and said so by its exit code. */
const stdoutOf = (error: unknown) => (error as { stdout: string }).stdout;

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `app-${from + index}`);
const hostOf = (name: string) => `${name}.gatefleet.test`;
const asked = async () =>
  (await stand.server.requests(controllerUser)).map(({ verb, resource }) => `${verb} ${resource}`);

/** Makes them, and waits until each is served, annotated, and has its Event. @returns the controller's requests meanwhile */
async function requestsFor(wanted: readonly { readonly name: string; readonly host: string }[], events: number) {
  const before = (await asked()).length;
  for (const { name, host } of wanted) await stand.admin.create(ingress(name, host));
  await told(wanted.map(({ name }) => name));
  const eventsOf = async () => (await Promise.all(wanted.map(({ name }) => reasons(name, 'shop')))).flat();
  await eventually('their Events', async () => (await eventsOf()).length >= events);
  return (await asked()).slice(before);
}

test('a certificate costs the API server two requests, however many there are', async () => {
  const of = (names: readonly string[]) => names.map((name) => ({ name, host: hostOf(name) }));
  // The first ones pay for what is asked once.
  await requestsFor(of(numbered(0, 5)), 5);
  const requests = await requestsFor(of(numbered(5, 15)), 10);
  expect(Object.groupBy(requests, (request) => request)).toMatchObject({
    'create events': { length: 10 },
    'patch ingresses/status': { length: 10 },
  });
  expect(requests.length).toBeLessThanOrEqual(20);
}, 120_000);

test('a second Ingress of the same host costs one more: its annotation', async () => {
  const requests = await requestsFor(
    ['one', 'two'].map((name) => ({ name, host: 'shared.gatefleet.test' })),
    1,
  );
  expect(requests.length).toBeLessThanOrEqual(3);
}, 120_000);

test('claims that are refused cost no order, however they are spelled', async () => {
  const owned = ['taken.gatefleet.test', 'xn--bcher-kva.gatefleet.test', 'gone.gatefleet.test'];
  for (const [index, host] of owned.entries()) await stand.admin.create(ingress(`owner-${index}`, host));
  await told(owned.map((_, index) => `owner-${index}`));
  await stand.admin.delete(ingress('owner-2', ''));
  await eventually('the reservation', async () => {
    return (await replica.store.get('gatefleet/hosts/gone.gatefleet.test'))?.value.includes('releasedAt') === true;
  });
  const before = stand.ordersAtCa();

  // What the API server itself takes for no host never comes to us.
  for (const host of [
    'Taken.gatefleet.test',
    'TAKEN.GATEFLEET.TEST',
    'taken.gatefleet.test.',
    'bücher.gatefleet.test',
    'XN--BCHER-KVA.gatefleet.test',
    'taken.*.gatefleet.test',
    '192.0.2.1',
    '2001:db8::1',
  ]) {
    await expect(stand.admin.create(ingress('spelled', host, 'blog'))).rejects.toMatchObject({ code: 422 });
  }
  const refused = [
    { given: 'taken', host: 'taken.gatefleet.test', reason: 'HostTaken' },
    { given: 'taken-idn', host: 'xn--bcher-kva.gatefleet.test', reason: 'HostTaken' },
    { given: 'reserved', host: 'gone.gatefleet.test', reason: 'HostReserved' },
    { given: 'wildcard', host: '*.gatefleet.test', reason: 'InvalidHost' },
    { given: 'wildcard-below', host: '*.taken.gatefleet.test', reason: 'InvalidHost' },
    { given: 'bad-idn', host: 'xn--999999999.gatefleet.test', reason: 'InvalidHost' },
    { given: 'foreign', host: 'shop.example.com', reason: 'ForeignDomain' },
    { given: 'lookalike', host: 'evilgatefleet.test', reason: 'ForeignDomain' },
    { given: 'public-suffix', host: 'co.uk', reason: 'InvalidHost' },
  ];
  for (const { given, host } of refused) await stand.admin.create(ingress(given, host, 'blog'));
  for (const { given, reason } of refused) {
    await eventually(`${reason} on ${given}`, async () => (await reasons(given, 'blog')).includes(reason));
  }
  // What comes after them is served, so they have been looked at.
  await stand.admin.create(ingress('good', 'good.gatefleet.test', 'blog'));
  await told(['good']);
  expect(stand.ordersAtCa() - before).toBe(1);
  for (const { given, reason } of refused) expect(await reasons(given, 'blog')).toEqual([reason]);
}, 120_000);

test('certificates come back to gateways that lost them, and into a store that was lost whole, without an order', async () => {
  const names = numbered(0, 15);
  const hosts = names.map(hostOf);
  const [backup, passphrase] = [join(stand.folder, 'certificates.backup'), join(stand.folder, 'passphrase')];
  await writeFile(passphrase, 'correct horse battery staple\n', { mode: 0o600 });
  const known = await serials(hosts);
  const placed = stand.ordersAtCa();

  const sealed = ['--passphrase-file', passphrase, '--output', 'json'];
  const exported = JSON.parse(await stand.gatefleet('certs', 'export', backup, ...sealed)) as { certificates: number };
  expect(exported.certificates).toBeGreaterThanOrEqual(hosts.length);
  expect((await stat(backup)).mode & 0o777).toBe(0o600);
  const ofSecrets = async () => {
    const requests = await stand.server.requests('admin');
    return requests.filter(({ resource }) => resource === 'secrets').map(({ verb }) => verb);
  };
  expect(await ofSecrets()).toEqual(['create', 'get', 'delete']);

  await eventually('the snapshot', async () => {
    return (await replica.store.keys('gatefleet/snapshot/')).length >= hosts.length;
  });
  for (const prefix of ['gatefleet/certificates/', 'traefik/tls/certificates/']) {
    const keys = await replica.store.keys(prefix);
    await replica.store.transact(keys.map((key) => ({ kind: 'delete', key })));
  }
  const restored = await stand.gatefleet('certs', 'restore-published');
  expect(restored).toMatch(/^the gateways have \d+ certificates of the last good snapshot again/);
  expect(await serials(hosts)).toEqual(known);

  await replica[Symbol.asyncDispose]();
  replica = await stand.startReplica({ certificatesPerDomain: { count: 5, per: '7d' } });
  const holds = async () =>
    /^held: .* the store has lost all certificates$/m.test(await stand.gatefleet('certs').catch(stdoutOf));
  await eventually('the hold', holds);
  expect(await replica.store.keys('traefik/tls/')).toEqual([]);
  const imported = JSON.parse(await stand.gatefleet('certs', 'import', backup, ...sealed)) as {
    certificates: readonly { kind: string }[];
  };
  expect(imported.certificates.map(({ kind }) => kind)).toEqual(
    Array.from({ length: exported.certificates }, () => 'import'),
  );
  const again = JSON.parse(await stand.gatefleet('certs', 'import', backup, ...sealed)) as typeof imported;
  expect(again.certificates.map(({ kind }) => kind)).not.toContain('import');
  expect(await serials(hosts)).toEqual(known);
  expect(await holds()).toBe(true);
  expect(await stand.gatefleet('certs', 'resume')).toBe('first certificates are ordered again\n');
  await stand.admin.create(ingress('after', hostOf('after')));
  await told(['after']);
  expect(stand.ordersAtCa()).toBe(placed + 1);
  expect(await stand.admin.list('v1', 'Secret', 'gatefleet')).toMatchObject({ items: [] });
}, 240_000);
