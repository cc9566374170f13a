import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { render } from './render.ts';

const { kustomize } = await ensureTools(['kustomize']);

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-'));
});
afterEach(() => rm(root, { recursive: true }));

test('gives text and objects', async () => {
  await writeFile(join(root, 'kustomization.yaml'), 'namespace: there\nresources: [a.yaml]\n');
  await writeFile(join(root, 'a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
  const { text, objects } = await render(root, { kustomize: kustomize.path });
  expect(text).toContain('kind: ConfigMap');
  expect(objects).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'there' } }]);
});

test('given a resource that is not there, fails with what kustomize said', async () => {
  await writeFile(join(root, 'kustomization.yaml'), 'resources: [gone.yaml]\n');
  await expect(render(root, { kustomize: kustomize.path })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: expect.stringMatching(/gone\.yaml.*no such file/s),
  });
});

test('given a file outside the root, fails as Argo CD would', async () => {
  await writeFile(join(root, 'kustomization.yaml'), 'resources: [/etc/hostname]\n');
  await expect(render(root, { kustomize: kustomize.path })).rejects.toMatchObject({ code: 'BUILD_FAILED' });
});

test('given no program, says so', async () => {
  await expect(render(root, { kustomize: join(root, 'kustomize') })).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
});

test('given an aborted signal, ends with its reason', async () => {
  await expect(
    render(root, { kustomize: kustomize.path, signal: AbortSignal.abort(new Error('enough')) }),
  ).rejects.toMatchObject({ name: 'AbortError' });
});
