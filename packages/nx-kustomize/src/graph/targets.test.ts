import { execSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { normalizeOptions, type PluginOptions } from '../options.ts';
import { fleetTargets, kustomizationTargets } from './targets.ts';

const deployed = { kind: 'Kustomization', isDeployed: true, isEnvironment: true } as const;
const code = ['{workspaceRoot}/rules.ts'];
const day = expect.objectContaining({ runtime: expect.stringContaining('new Date()') });

test.each<{ given: string; options: PluginOptions; then: readonly unknown[] }>([
  { given: 'a program', options: {}, then: [{ runtime: 'kustomize version' }] },
  {
    given: 'a module that finds the program, and the file that pins it',
    options: { kustomize: './tools/kustomize.ts', inputs: ['{workspaceRoot}/go.mod'] },
    then: ['{workspaceRoot}/tools/kustomize.ts', '{workspaceRoot}/go.mod'],
  },
])('given $given, what is cached depends on it, on the sources and on the rules', ({ options, then }) => {
  const targets = kustomizationTargets(deployed, normalizeOptions(options), code);
  const sources = ['{projectRoot}/**/*', { fileset: '{projectRoot}/**/*', dependencies: true }];
  expect(targets['render']?.inputs).toEqual([...sources, ...then, ...code]);
  expect(targets['lint']?.inputs).toEqual([...sources, ...then, ...code, day]);
});

test('the day of a lint is part of it, for a waiver may have ended since', () => {
  const { lint: fleet } = fleetTargets(normalizeOptions(), code);
  const { lint: each } = kustomizationTargets(deployed, normalizeOptions(), code);
  for (const { inputs = [] } of [fleet!, each!]) {
    const [{ runtime }] = inputs.slice(-1) as [{ runtime: string }];
    expect(execSync(runtime, { encoding: 'utf8' }).trim()).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }
});

test('only what depends on files alone is cached', () => {
  const targets = kustomizationTargets(deployed, normalizeOptions(), code);
  const cached = Object.entries(targets).filter(([, { cache }]) => cache === true);
  expect(cached.map(([name]) => name)).toEqual(['render', 'lint']);
});

test('the rules over everything run after each render', () => {
  expect(fleetTargets(normalizeOptions(), code)['lint']).toMatchObject({ cache: true, dependsOn: ['^render'] });
});

test('an environment has the commands of a delivery, where there is one', () => {
  const options = normalizeOptions({ delivery: 'gatefleet' });
  expect(kustomizationTargets(deployed, options, code)['wait']?.options).toMatchObject({
    command: 'gatefleet wait {projectName}',
  });
  expect(kustomizationTargets({ ...deployed, isEnvironment: false }, options, code)).not.toHaveProperty('wait');
  expect(kustomizationTargets(deployed, normalizeOptions(), code)).not.toHaveProperty('wait');
});
