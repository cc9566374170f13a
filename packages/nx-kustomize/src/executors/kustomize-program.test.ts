import { expect, test } from '@jest/globals';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { kustomizeProgram } from './kustomize-program.ts';

test.each<{ given: string; option?: string; then: string }>([
  { given: 'nothing', then: 'kustomize' },
  { given: 'a name on PATH', option: 'kustomize5', then: 'kustomize5' },
  { given: 'a path from the root', option: './bin/kustomize', then: '/repository/bin/kustomize' },
  { given: 'an absolute path', option: '/opt/kustomize', then: '/opt/kustomize' },
])('given $given, the program is $then', async ({ option, then }) => {
  expect(await kustomizeProgram({ ...(option !== undefined && { kustomize: option }) }, '/repository')).toBe(then);
});

test('a module tells the path', async () => {
  await using written = await writeFiles({ 'find.mjs': "export default async () => '/opt/kustomize';\n" });
  expect(await kustomizeProgram({ kustomize: 'find.mjs' }, written.root)).toBe('/opt/kustomize');
});
