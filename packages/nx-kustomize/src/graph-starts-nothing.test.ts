import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { foreignRepositories } from '@gatefleet/lint/testing';

const packageFolder = join(import.meta.dirname, '..');

/** Builds the plugin's part of the graph as Nx does, where a connection is an error. */
const program = `
  import net from 'node:net';
  import dns from 'node:dns';
  net.Socket.prototype.connect = dns.lookup = () => { throw new Error('the network was asked'); };
  const { createNodes, createDependencies } = await import('@gatefleet/nx-kustomize');
  const [root, ...files] = process.argv.slice(1);
  const nodes = await createNodes[1](files, {}, { workspaceRoot: root, nxJsonConfiguration: {} });
  const projects = Object.fromEntries(
    nodes.flatMap(([, result]) => Object.values(result.projects)).map((project) => [project.name, project]),
  );
  const edges = await createDependencies({}, { projects, workspaceRoot: root });
  console.log(edges.map(({ type, source, target, sourceFile }) => [type, source, target, sourceFile].join(' ').trim()).join('\\n'));
`;

test('the graph is built without a process, a thread, a written file or the network', async () => {
  const files = foreignRepositories.appEnvs;
  await using written = await writeFiles(files);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    // Node refuses child processes, worker threads and writing unless allowed. Nx itself is partly native code.
    [
      '--permission',
      '--allow-fs-read=*',
      '--allow-addons',
      '--input-type=module',
      '--eval',
      program,
      written.root,
      ...Object.keys(files),
    ],
    { cwd: packageFolder, env: { PATH: '' } },
  );
  expect(stdout.trim().split('\n')).toEqual([
    'implicit fleet mail-envs-prod',
    'static dev base apps/orders/envs/dev/kustomization.yaml',
    'implicit fleet dev',
    'static orders-envs-prod base apps/orders/envs/prod/kustomization.yaml',
    'static orders-envs-prod probes apps/orders/envs/prod/kustomization.yaml',
    'implicit fleet orders-envs-prod',
  ]);
});
