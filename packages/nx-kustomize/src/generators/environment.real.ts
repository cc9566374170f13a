import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApiServer, type ApiServer } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { copyWorkspace, type ScratchWorkspace } from '../testing/scratch-workspace.ts';

const repository = join(import.meta.dirname, '../../../..');
const { kubectl } = await ensureTools(['kubectl']);

let workspace: ScratchWorkspace;
let server: ApiServer;
beforeAll(async () => {
  [workspace, server] = await Promise.all([copyWorkspace(repository), startApiServer(['admin'])]);
  await writeFile(join(workspace.root, '.git/ca.pem'), server.ca);
}, 180_000);
afterAll(async () => {
  await server.stop();
  await workspace[Symbol.asyncDispose]();
});

async function apply(...args: readonly string[]): Promise<string> {
  const connection = [
    `--server=${server.url}`,
    `--token=${server.tokens.get('admin') ?? ''}`,
    `--certificate-authority=${join(workspace.root, '.git/ca.pem')}`,
  ];
  const { stdout } = await promisify(execFile)(kubectl.path, [...connection, ...args], { cwd: workspace.root });
  return stdout;
}

test('a new environment lints clean, renders, and the API server takes it', async () => {
  const { nx } = workspace;
  await nx('generate', '@gatefleet/nx-kustomize:environment', 'qa', '--domain', 'qa.example.com');
  expect(await nx('sync:check')).toContain('The workspace is up to date');

  await workspace.git('add', '--all');
  const linted = await nx('affected', '--target=lint', '--base=HEAD', '--outputStyle=static');
  expect(linted).toMatch(/nx run qa:lint\s+0 errors, 0 warnings/);
  expect(linted).toMatch(/nx run fleet:lint\s+0 errors, 0 warnings/);

  await nx('run', 'qa:render');
  await apply('create', 'namespace', 'gatefleet');
  const applied = await apply('apply', '--server-side', '--dry-run=server', '--filename=dist/kustomize/qa.yaml');
  expect(applied).toContain('deployment.apps/traefik serverside-applied (server dry run)');
  expect(applied).toContain('statefulset.apps/consul serverside-applied (server dry run)');
}, 180_000);
