import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { foreignRepositories } from '@gatefleet/lint/testing';
import { ensureTools } from '@gatefleet/toolchain';
import { foreignWorkspace, type ScratchWorkspace } from './testing/scratch-workspace.ts';

const { kustomize } = await ensureTools(['kustomize']);

const nxJson = JSON.stringify({
  plugins: [{ plugin: '@gatefleet/nx-kustomize', options: { kustomize: kustomize.path } }],
});

const fromCache = 'instead of running the command';

/** `file rule` of each error that the lint targets tell, sorted. */
async function errors({ nx }: ScratchWorkspace): Promise<readonly string[]> {
  const printed = await nx('run-many', '--target=lint', '--outputStyle=static').catch(
    (error: unknown) => (error as { stdout: string }).stdout,
  );
  const found = [...printed.matchAll(/^(\S+?):\d+:\d+ {2}(\S+)\n {2}error/gm)];
  return [...new Set(found.map(([, file = '', rule = '']) => `${file} ${rule}`))].toSorted();
}

async function edges({ nx }: ScratchWorkspace): Promise<readonly string[]> {
  const { graph } = JSON.parse(await nx('graph', '--print')) as {
    graph: { dependencies: Record<string, { source: string; target: string }[]> };
  };
  return Object.values(graph.dependencies)
    .flat()
    .map(({ source, target }) => `${source} → ${target}`)
    .toSorted();
}

test.each([
  {
    layout: 'apps and infrastructure by stage',
    files: foreignRepositories.fluxStyle,
    edges: ['fleet → namespaces', 'fleet → production', 'fleet → staging', 'production → ledger', 'staging → ledger'],
    errors: [
      'apps/base/ledger/service.yaml service-port-exists',
      'apps/production/ledger-replicas.yaml schema-valid',
      'apps/staging/kustomization.yaml image-override-matches',
    ],
  },
  {
    layout: 'environments by app',
    files: foreignRepositories.appEnvs,
    edges: [
      'dev → base',
      'fleet → dev',
      'fleet → mail-envs-prod',
      'fleet → orders-envs-prod',
      'orders-envs-prod → base',
      'orders-envs-prod → probes',
    ],
    errors: [
      'apps/orders/base/budget.yaml api-version-served',
      'apps/orders/base/workload.yaml config-map-exists',
      'apps/orders/envs/prod/kustomization.yaml patch-target-matches',
    ],
  },
])(
  'as it is published, it works in a workspace of $layout',
  async (layout) => {
    await using workspace = await foreignWorkspace({ ...layout.files, 'nx.json': nxJson, '.gitignore': 'dist\n.nx\n' });
    expect(await edges(workspace)).toEqual(layout.edges);
    expect(await errors(workspace)).toEqual(layout.errors);

    const render = ['run-many', '--target=render'];
    expect(await workspace.nx(...render)).toContain('Successfully ran target render');
    expect(await workspace.nx(...render)).toContain(fromCache);
    const manifest = join(workspace.root, 'node_modules/@gatefleet/nx-kustomize/package.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"0.0.0"', '"0.0.1"'));
    expect(await workspace.nx(...render)).not.toContain(fromCache);
  },
  180_000,
);
