import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assetNames, assets } from './assets.ts';
import { buildFlags } from './build.ts';
import { isAtLeast, requiredGoVersion } from './go-environment.ts';
import { pinnedUnit } from './module-folder.ts';
import { toolNames, tools } from './tools.ts';
import { units, type UnitName } from './units.ts';

test.each(Object.keys(units) as UnitName[])(
  '%s: go.mod requires, and go.sum checks, the version of the table',
  async (name) => {
    const { dir, module, version } = pinnedUnit(name);
    expect(await readFile(join(dir, 'go.mod'), 'utf8')).toContain(`require ${module} ${version}\n`);
    expect(await readFile(join(dir, 'go.sum'), 'utf8')).toContain(`${module} ${version} h1:`);
  },
);

test.each(toolNames)('%s is a program of its unit', (name) => {
  expect(Object.keys(units[tools[name].unit].programs)).toContain(name);
});

test.each(assetNames)('%s is of a module that its unit checks', async (name) => {
  const { unit, module } = assets[name];
  expect(await readFile(join(pinnedUnit(unit).dir, 'go.sum'), 'utf8')).toMatch(new RegExp(`^${module} v\\S+ h1:`, 'm'));
});

test('Kubernetes is told its version by the linker', () => {
  expect(buildFlags(units.kubernetes).at(-1)).toContain('-X k8s.io/component-base/version.gitVersion=v1.36.3');
});

test('the Go that a go.mod asks for is compared by number', () => {
  expect(requiredGoVersion('module m\n\ngo 1.26.0\n\nrequire a v1\n')).toBe('1.26.0');
  expect(isAtLeast('go1.26.8', '1.26.0')).toBe(true);
  expect(isAtLeast('go1.9.9', '1.26.0')).toBe(false);
  expect(isAtLeast('go1.27rc1', '1.26.0')).toBe(true);
  expect(isAtLeast('go1.26', '1.26.0')).toBe(true);
});
