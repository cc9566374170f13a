import { expect, test } from '@jest/globals';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { ownCodeInputs } from './own-code.ts';

test('installed, the plugin’s code is its version', async () => {
  await using written = await writeFiles({ 'node_modules/@gatefleet/nx-kustomize/package.json': '{}' });
  const { root } = written;
  expect(ownCodeInputs(root, join(root, 'node_modules/@gatefleet/nx-kustomize'))).toEqual([
    { fileset: '{workspaceRoot}/node_modules/@gatefleet/nx-kustomize/package.json', includeIgnored: true },
  ]);
});

test('in a workspace of its own, it is the sources of all its packages there', async () => {
  await using written = await writeFiles({
    'packages/plugin/package.json': '{ "dependencies": { "rules": "*", "yaml": "2.9.1" } }',
    'packages/rules/package.json': '{}',
    'node_modules/yaml/package.json': '{}',
  });
  const { root } = written;
  await mkdir(join(root, 'node_modules'), { recursive: true });
  await symlink('../packages/rules', join(root, 'node_modules/rules'));
  expect(ownCodeInputs(root, join(root, 'packages/plugin'))).toEqual([
    '{workspaceRoot}/packages/plugin/src/**/*',
    '!{workspaceRoot}/packages/plugin/src/**/*.{test,real}.ts',
    '{workspaceRoot}/packages/rules/src/**/*',
    '!{workspaceRoot}/packages/rules/src/**/*.{test,real}.ts',
  ]);
});
