import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pinnedOnPath } from './ensure-tools.ts';
import { findOnPath, parseVersion } from './path-lookup.ts';
import { tools, type ToolName } from './tools.ts';

test.each<{ name: ToolName; answer: string; version: string | undefined }>([
  { name: 'kustomize', answer: 'v5.8.1\n', version: 'v5.8.1' },
  { name: 'pebble', answer: 'Pebble version: v2.10.3\n', version: 'v2.10.3' },
  { name: 'pebble', answer: 'Pebble version: dev\n', version: 'vdev' },
  { name: 'etcd', answer: 'etcd Version: 3.6.16\nGit SHA: Not provided\nGo Version: go1.26.8\n', version: 'v3.6.16' },
  { name: 'kubelet', answer: 'Kubernetes v1.36.3\n', version: 'v1.36.3' },
  { name: 'kube-apiserver', answer: 'Kubernetes v1.36.3-beta.0\n', version: 'v1.36.3-beta.0' },
  { name: 'kubectl', answer: 'Client Version: v1.36.3\nKustomize Version: v5.8.1\n', version: 'v1.36.3' },
  { name: 'coredns', answer: 'CoreDNS-1.14.7\nlinux/amd64, go1.26.8, \n', version: 'v1.14.7' },
  { name: 'traefik', answer: 'Version:      3.6.12\nCodename:     cheddar\n', version: 'v3.6.12' },
  { name: 'argocd', answer: 'argocd: v3.5.7+unknown\n', version: 'v3.5.7' },
  { name: 'consul', answer: 'Consul v1.19.2\nBuild Date 1970-01-01T00:00:01Z\n', version: 'v1.19.2' },
  { name: 'metrics-server', answer: 'v0.9.0\n', version: 'v0.9.0' },
  { name: 'consul', answer: 'command not found\n', version: undefined },
])('$name that answers $answer is $version', ({ name, answer, version }) => {
  expect(parseVersion(answer, tools[name].probe!)).toBe(version);
});

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatefleet-path-'));
  await program('good', 'kustomize', 'echo v5.8.1');
  await program('old', 'kustomize', 'echo v5.0.0');
  await program('broken', 'kustomize', 'echo v5.8.1; exit 3');
  await mkdir(join(root, 'folder', 'kustomize'), { recursive: true });
  await program('plain', 'kustomize', 'echo v5.8.1');
  await chmod(join(root, 'plain', 'kustomize'), 0o644);
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function program(dir: string, name: string, body: string): Promise<void> {
  await mkdir(join(root, dir), { recursive: true });
  await writeFile(join(root, dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}
const path = (...dirs: string[]) => ({ PATH: dirs.map((dir) => join(root, dir)).join(':') });

test('folders and files that are not executable are passed over', async () => {
  expect(await findOnPath('kustomize', path('missing', 'folder', 'plain', 'good'))).toBe(join(root, 'good/kustomize'));
});

test.each([
  { given: 'the pinned version', dirs: ['good'], source: 'path' },
  { given: 'another version', dirs: ['old'], source: undefined },
  { given: 'a program that fails', dirs: ['broken'], source: undefined },
  { given: 'nothing', dirs: [], source: undefined },
])('given $given on PATH, its source is $source', async ({ dirs, source }) => {
  expect((await pinnedOnPath('kustomize', path(...dirs)))?.source).toBe(source);
});

test('a program that cannot tell its version is never taken from PATH', async () => {
  await program('good', 'pebble-challtestsrv', 'exit 0');
  expect(await pinnedOnPath('pebble-challtestsrv', path('good'))).toBeUndefined();
});
