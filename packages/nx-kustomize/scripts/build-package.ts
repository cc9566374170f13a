/** Makes the package as it is published: `node scripts/build-package.ts <folder>`, then `npm publish <folder>`. */
import { cpSync, globSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, resolve } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const packageFolder = join(import.meta.dirname, '..');
const modules = join(packageFolder, '../../node_modules');

/**
 * Node strips no types below node_modules, so each source is stripped here; nothing else of it changes. The packages of this
 * repository that it is made of, which are not published by themselves, come along inside.
 */
export function buildPackage(output: string): void {
  rmSync(output, { recursive: true, force: true });
  const bundled = new Map<string, Manifest>();
  const visit = (folder: string, to: string) => {
    const manifest = writeStripped(folder, to);
    bundled.set(manifest.name, manifest);
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = join(modules, name);
      if (!isOurs(name) || bundled.has(name)) continue;
      visit(realpathSync(dependency), join(output, 'node_modules', name));
    }
  };
  visit(packageFolder, output);

  const own = JSON.parse(readFileSync(join(output, 'package.json'), 'utf8')) as Manifest;
  const inside = [...bundled.values()].filter(({ name }) => name !== own.name);
  const foreign = [...bundled.values()].flatMap(({ dependencies = {} }) =>
    Object.entries(dependencies).filter(([name]) => !isOurs(name)),
  );
  writeJson(join(output, 'package.json'), {
    ...own,
    dependencies: {
      ...Object.fromEntries(foreign.toSorted(([a], [b]) => (a < b ? -1 : 1))),
      ...Object.fromEntries(inside.map(({ name, version }) => [name, version])),
    },
    bundleDependencies: inside.map(({ name }) => name),
  });
}

function isOurs(name: string): boolean {
  return name.startsWith('@gatefleet/') || name === 'argocd-ts-client';
}

function writeStripped(folder: string, to: string): Manifest {
  const files = globSync(['src/**/*', 'data/**/*', '*.json', '*.md'], { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(realpathSync(folder).length + 1))
    .filter((path) => !/(^|\/)testing\/|\.(test|real|contract)\.ts$|^(project|tsconfig)\.json$/.test(path));
  for (const path of files) {
    const from = join(folder, path);
    const target = join(to, path.replace(/(?<!\.d)\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    if (path.endsWith('.ts') && !path.endsWith('.d.ts')) writeFileSync(target, stripped(readFileSync(from, 'utf8')));
    else if (/^(executors|generators)\.json$/.test(path))
      writeFileSync(target, readFileSync(from, 'utf8').replaceAll('.ts"', '.js"'));
    else cpSync(from, target);
  }
  const { private: _, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const exports = Object.fromEntries(
    Object.entries(manifest.exports)
      .filter(([door]) => door !== './testing')
      .map(([door, path]) => [door, path.replace(/\.ts$/, '.js')]),
  );
  const written = { ...manifest, exports };
  writeJson(join(to, 'package.json'), written);
  return written;
}

/** Types become blanks, so that lines stay where they are. */
function stripped(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(/((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2');
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}

if (import.meta.main) {
  const [output] = process.argv.slice(2);
  if (output === undefined) throw new Error('usage: build-package.ts <folder>');
  buildPackage(resolve(output));
}
