import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyEnvironment, anyInvalidEnvironment } from '@gatefleet/environment/testing';
import { generateCommand } from './generate.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
  await cp(join(import.meta.dirname, '../../../../base'), join(root, 'base'), { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

/** One environment in a repository without others. */
async function only({ name, text }: { readonly name: string; readonly text: string }): Promise<void> {
  for (const folder of ['overlays', 'apps']) await rm(join(root, folder), { recursive: true, force: true });
  await mkdir(join(root, 'overlays', name), { recursive: true });
  await writeFile(join(root, 'overlays', name, 'environment.yaml'), text);
}

async function filesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')])),
  );
}

test('any valid environment is generated, and generated again byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(anyEnvironment, async (environment) => {
      await only(environment);
      const { text, value } = await generateCommand({ root });
      expect({ text, written: value.written }).toEqual({ text: expect.any(String), written: true });
      const files = await filesIn(root);

      expect(await generateCommand({ root })).toMatchObject({ value: { written: false, changes: [] } });
      await rm(join(root, 'overlays', environment.name, 'kustomization.yaml'));
      await rm(join(root, 'overlays', environment.name, 'config'), { recursive: true });
      await rm(join(root, 'apps'), { recursive: true });
      await generateCommand({ root });
      expect(await filesIn(root)).toEqual(files);
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('any invalid environment writes nothing, and each mistake is named', async () => {
  await fc.assert(
    fc.asyncProperty(anyInvalidEnvironment, async (environment) => {
      await only(environment);
      const files = await filesIn(root);
      const { value, exitCode } = await generateCommand({ root });
      expect(exitCode).toBe(1);
      const named = value.problems.map(({ path }) => path);
      expect(environment.mistakes.filter((path) => !named.includes(path))).toEqual([]);
      expect(await filesIn(root)).toEqual(files);
    }),
    { numRuns: 60 },
  );
}, 120_000);
