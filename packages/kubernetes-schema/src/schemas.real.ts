import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pluralOf, startApiServer, type ApiServer } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import type { PinnedData } from './schema-table.ts';
import { Schemas } from './schemas.ts';

type Value = Record<string, unknown>;

const schemas = Schemas.pinned();
const data = JSON.parse(readFileSync(join(import.meta.dirname, '../data/schemas.json'), 'utf8')) as PinnedData;
const root = join(import.meta.dirname, '../../..');
let server: ApiServer;
let objects: Value[] = [];

beforeAll(async () => {
  const { kustomize } = await ensureTools(['kustomize']);
  server = await startApiServer(['admin']);
  const text = execFileSync(kustomize.path, ['build', join(root, 'base')], { encoding: 'utf8' });
  objects = parseAllDocuments(text).map((document) => document.toJS() as Value);
  for (const object of objects.filter(({ kind }) => kind === 'Namespace')) await create(object, '');
}, 300_000);
afterAll(() => server.stop());

test('every object of the base is right to both', async () => {
  const refused: string[] = [];
  for (const object of objects.filter(({ kind }) => kind !== 'Namespace')) {
    const { status, text } = await create(object);
    if (status >= 300) refused.push(text);
    expect(schemas.check(object)).toEqual([]);
  }
  expect(refused).toEqual([]);
}, 60_000);

test('a field that is renamed or of another type is refused by both or by neither', async () => {
  const candidates = objects.filter(({ kind }) => kind !== 'Namespace');
  const change = fc.record({
    object: fc.nat(candidates.length - 1),
    field: fc.nat(1_000),
    how: fc.constantFrom<'rename' | 'text' | 'number' | 'list' | 'mapping' | 'boolean'>(
      'rename',
      'text',
      'number',
      'list',
      'mapping',
      'boolean',
    ),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ object, field, how }) => {
      const changed = structuredClone(candidates[object] ?? {});
      const places = fieldsOf(changed).filter(
        ({ path }) => !/^(apiVersion|kind|metadata|metadata\.(name|namespace))$/.test(path),
      );
      const place = places[field % places.length];
      if (place === undefined) return;
      if (how === 'rename') {
        place.within[`${place.key}Not`] = place.within[place.key];
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a field is renamed
        delete place.within[place.key];
      } else place.within[place.key] = { text: 'x', number: 7, list: ['x'], mapping: { x: 'y' }, boolean: true }[how];

      const own = schemas.check(changed).filter(({ kind }) => kind === 'unknown-field' || kind === 'wrong-type');
      const { status, text } = await create(changed);
      // 400: it cannot be decoded. 422: it can, and what it says is not right; that is for the API server alone to know.
      const label = `${String(changed['kind'])} ${place.path} ${how}: ${status} ${text.slice(0, 300)} / ${JSON.stringify(own)}`;
      expect([label, status === 400]).toEqual([label, own.length > 0]);
    }),
    { numRuns: 300 },
  );
}, 120_000);

test('the data is that of the API server: the same kinds, and in each definition the same fields', async () => {
  const { definitions } = (await read('/openapi/v2')) as {
    definitions: Record<
      string,
      { properties?: Value; 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[] }
    >;
  };
  const served = Object.values(definitions)
    .flatMap((definition) => definition['x-kubernetes-group-version-kind'] ?? [])
    .filter(({ kind }) => !/(List|Options)$|^(WatchEvent|Status)$/.test(kind))
    .map(({ group, version, kind }) => [...(group === '' ? [] : [group]), version, kind].join('/'));
  expect(served.filter((key) => !Object.hasOwn(data.kinds, key))).toEqual([]);
  for (const [name, index] of Object.entries(data.definitions)) {
    const node = data.nodes[index];
    const { properties } = definitions[name] ?? {};
    if (properties === undefined || node === undefined || typeof node === 'string' || node[0] !== 'object') continue;
    expect([name, Object.keys(node[1]).toSorted()]).toEqual([name, Object.keys(properties).toSorted()]);
  }
}, 60_000);

interface Field {
  readonly path: string;
  readonly within: Value;
  readonly key: string;
}

function fieldsOf(value: unknown, path = ''): Field[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const own = Array.isArray(value) ? [] : [{ path: at, within: value as Value, key }];
    return [...own, ...fieldsOf(inner, at)];
  });
}

const clusterScoped = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'IngressClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

function create(object: Value, query = '&dryRun=All'): Promise<{ status: number; text: string }> {
  const apiVersion = String(object['apiVersion']);
  const kind = String(object['kind']);
  const namespace = clusterScoped.has(kind) ? '' : '/namespaces/gatefleet';
  return send(
    'POST',
    `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${namespace}/${pluralOf(kind)}?fieldValidation=Strict${query}`,
    object,
  );
}

async function read(path: string): Promise<unknown> {
  return JSON.parse((await send('GET', path)).text);
}

function send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${server.tokens.get('admin') ?? ''}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers, ca: server.ca }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
