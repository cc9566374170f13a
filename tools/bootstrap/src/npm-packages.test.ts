import { expect, test } from '@jest/globals';
import { isInstalled, outsideNodeModules } from './npm-packages.mjs';

const locked = {
  '': {},
  'node_modules/yaml': { version: '2.8.0', integrity: 'sha512-a' },
  'node_modules/fsevents': { version: '2.3.3', integrity: 'sha512-b', optional: true },
  'node_modules/@gatefleet/acme': { resolved: 'packages/acme', link: true },
};
const { 'node_modules/yaml': yaml, 'node_modules/@gatefleet/acme': acme } = locked;
const there = { 'node_modules/yaml': yaml, 'node_modules/@gatefleet/acme': acme };

test.each([
  { given: 'everything but a package of another system', installed: there, then: true },
  {
    given: 'another version',
    installed: { ...there, 'node_modules/yaml': { ...yaml, version: '2.7.0' } },
    then: false,
  },
  {
    given: 'other content',
    installed: { ...there, 'node_modules/yaml': { ...yaml, integrity: 'sha512-x' } },
    then: false,
  },
  { given: 'no link to a package of ours', installed: { 'node_modules/yaml': yaml }, then: false },
  { given: 'nothing', installed: {}, then: false },
  { given: 'one package more', installed: { ...there, 'node_modules/extra': { version: '1.0.0' } }, then: true },
])('given $given, it is installed: $then', ({ installed, then }) => {
  expect(isInstalled(locked, installed)).toBe(then);
});

test('npm is found outside of the folder that it replaces', () => {
  const env = outsideNodeModules({
    PATH: '/a/node_modules/.bin:/usr/bin:/b/node_modules/.bin',
    npm_execpath: '/x',
    A: '1',
  });
  expect(env).toEqual({ PATH: '/usr/bin', A: '1' });
});
