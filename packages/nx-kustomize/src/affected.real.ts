import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copyWorkspace, type ScratchWorkspace } from './testing/scratch-workspace.ts';

const repository = join(import.meta.dirname, '../../..');

let workspace: ScratchWorkspace;
beforeAll(async () => {
  workspace = await copyWorkspace(repository);
}, 300_000);
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
});

const environments = ['dev', 'local', 'production', 'staging'];

test.each([
  { changed: 'base/consul/kustomization.yaml', then: ['base', 'consul', ...environments, 'fleet'] },
  { changed: 'overlays/dev/environment.yaml', then: ['dev', 'fleet'] },
  { changed: 'overlays/production/version/kustomization.yaml', then: ['fleet', 'production', 'production-version'] },
])(
  'a change in $changed affects $then, and nothing else',
  async ({ changed, then }) => {
    await appendFile(join(workspace.root, changed), '# changed\n');
    try {
      const { nx } = workspace;
      const projects = await nx('show', 'projects', '--affected', '--base=HEAD', '--json');
      expect((JSON.parse(projects) as string[]).toSorted()).toEqual(then.toSorted());

      const planned = await nx('affected', '--target=lint', '--base=HEAD', '--graph=stdout');
      const { tasks } = JSON.parse(planned) as { tasks: { tasks: Record<string, unknown> } };
      const linted = Object.keys(tasks.tasks).flatMap((id) => /^(.*):lint$/.exec(id)?.[1] ?? []);
      expect(linted.toSorted()).toEqual(then.toSorted());
    } finally {
      await workspace.git('checkout', '--quiet', '.');
    }
  },
  60_000,
);

test('what was linted before comes from the cache, and a changed rule does not', async () => {
  const lint = ['run', 'fleet:lint'];
  await workspace.nx(...lint);
  expect(await workspace.nx(...lint)).toMatch(/instead of running the command for (\d+) out of \1 tasks/);
  await appendFile(join(workspace.root, 'packages/lint/src/rules/silent/generated-stale.ts'), '// changed\n');
  expect(await workspace.nx(...lint)).not.toContain('instead of running the command');
}, 300_000);
