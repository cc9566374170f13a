import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}
const lock = new URL('../../../package-lock.json', import.meta.url);
const manifest = new URL('../../../package.json', import.meta.url);
const { allowScripts } = JSON.parse(readFileSync(manifest, 'utf8')) as { allowScripts: Record<string, boolean> };
const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as { packages: Record<string, Locked> };

/** As Node looks it up: in the package's own node_modules, then outwards. */
function isLocked(from: string, name: string): boolean {
  if (`${from === '' ? '' : `${from}/`}node_modules/${name}` in packages) return true;
  if (from === '') return false;
  const outer = from.lastIndexOf('/node_modules/');
  return isLocked(outer === -1 ? '' : from.slice(0, outer), name);
}

// npm leaves out what the registry that it asked does not serve, and `npm ci` then refuses the lock elsewhere.
test('the lock has every dependency, those for other systems included', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(path, name))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test('every package that comes from a registry has a checksum, and comes from the registry that npm is set to', () => {
  const foreign = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
  const found = foreign.map(([path, { integrity, resolved }]) => ({ path, integrity, resolved }));
  expect(found.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  expect(found.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  expect(foreign.length).toBeGreaterThan(500);
});

test('what may run a script when it is installed is known', () => {
  const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = withScript.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect([...new Set(names)].sort()).toEqual(Object.keys(allowScripts).sort());
});
