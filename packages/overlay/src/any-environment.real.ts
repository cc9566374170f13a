import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEnvironment } from '@gatefleet/environment';
import { anyEnvironment } from '@gatefleet/environment/testing';
import { render } from '@gatefleet/kustomize';
import { startApiServer, type ApiServer } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import type { Manifest } from './manifest.ts';
import { applyChanges, changesOf } from './changes.ts';
import { planEnvironment } from './plan-environment.ts';
import { readBase } from './read-base.ts';
import { refusals } from './testing/dry-run.ts';

const { kustomize } = await ensureTools(['kustomize']);
const repository = join(import.meta.dirname, '../../..');
const base = await readBase(join(repository, 'base'));

let root = '';
let server: ApiServer;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
  await cp(join(repository, 'base'), join(root, 'base'), { recursive: true });
  server = await startApiServer(['admin']);
}, 120_000);
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true });
});

test('any valid environment is built by kustomize and taken by the API server', async () => {
  await fc.assert(
    fc.asyncProperty(anyEnvironment, async ({ name, text }) => {
      const parsed = parseEnvironment(text, `overlays/${name}/environment.yaml`);
      if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.errors));
      const plan = planEnvironment(parsed.environment, base, { hasCustom: false, dependencies: [] });
      await rm(join(root, 'overlays', name), { recursive: true, force: true });
      await applyChanges(await changesOf(plan, root), root);
      const { objects } = await render(join(root, 'overlays', name), { kustomize: kustomize.path });
      expect(await refusals(objects as Manifest[], server)).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 300_000);
