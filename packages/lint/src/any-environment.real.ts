import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEnvironment, type Environment } from '@gatefleet/environment';
import { anyEnvironment } from '@gatefleet/environment/testing';
import { applyChanges, changesOf, planEnvironment, readBase, readFacts } from '@gatefleet/overlay';
import { ensureTools } from '@gatefleet/toolchain';
import { lint } from './lint.ts';
import { printed } from './testing/lint-files.ts';

/** Rules about what only a person can decide or bring; the generator does what environment.yaml says. */
const leftToPeople = new Set([
  // A private CA's bundle and other objects are not ours to make.
  'config-map-exists',
  // Which CA a stage uses, and with how many gateways a rollout may do without.
  'issuer-fits-stage',
  'rollout-keeps-serving',
  // A version comes from a promotion, or from whoever publishes an image.
  'image-pinned-by-digest',
  // Which other environments there are.
  'promotion-has-a-start',
]);

const { kustomize } = await ensureTools(['kustomize']);
const repository = join(import.meta.dirname, '../../..');
const base = await readBase(join(repository, 'base'));

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
  await cp(join(repository, 'base'), join(root, 'base'), { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

const changes = async (environment: Environment) =>
  changesOf(planEnvironment(environment, base, await readFacts(root, environment)), root);

test('any valid environment is generated, rendered and linted without an error, and generated again as it was', async () => {
  await fc.assert(
    fc.asyncProperty(anyEnvironment, async ({ name, text }) => {
      const file = `overlays/${name}/environment.yaml`;
      const parsed = parseEnvironment(text, file);
      if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
      try {
        await applyChanges(await changes(parsed.environment), root);
        expect(await changes(parsed.environment)).toEqual([]);
        const { findings, checked } = await lint({ root, kustomize: kustomize.path });
        expect(checked).toMatchObject({
          builds: (await readdir(join(root, 'apps/argocd'))).length + 1,
          environments: 1,
        });
        const errors = findings.filter(({ severity, rule }) => severity === 'error' && !leftToPeople.has(rule));
        expect(errors.map(printed)).toEqual([]);
      } finally {
        for (const folder of ['overlays', 'apps']) await rm(join(root, folder), { recursive: true, force: true });
      }
    }),
    { numRuns: 25 },
  );
}, 300_000);
