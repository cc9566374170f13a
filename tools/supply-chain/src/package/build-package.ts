import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { SupplyChainError } from '../errors.ts';
import { inTemporaryFolder } from '../in-temporary-folder.ts';
import { runProgram } from '../run-program.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Makes a package as it is published. Node strips no types below node_modules, so each source is stripped here; nothing else of it changes. The
 * packages of this repository that it is made of come along inside. Where there are none, its declarations come along too: those of a package
 * inside could not be found from without.
 * @param folder - of the package
 * @param version - which it must have, where one is given
 * @throws {@link SupplyChainError} `VERSION_WRONG`, `COMMAND_FAILED`, `FOLDER_IN_USE`
 */
export async function buildPackage(folder: string, output: string, version?: string): Promise<void> {
  const modules = join(folder, '../../node_modules');
  const { name: wanted, version: has } = readManifest(folder);
  if (version !== undefined && has !== version) {
    throw new SupplyChainError('VERSION_WRONG', `building ${wanted} as ${version}: its package.json says ${has}`, {
      hint: 'release by `npx nx release`, which writes the version and makes the tag',
    });
  }
  clear(output, wanted);
  const bundled = new Map<string, Manifest>();
  const visit = (from: string, to: string) => {
    const manifest = writeStripped(from, to);
    bundled.set(manifest.name, manifest);
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const dependency = join(modules, name);
      if (!isOurs(name) || bundled.has(name)) continue;
      visit(realpathSync(dependency), join(output, 'node_modules', name));
    }
  };
  visit(folder, output);
  cpSync(join(folder, '../../LICENSE'), join(output, 'LICENSE'));

  const own = readManifest(output);
  const inside = [...bundled.values()].filter(({ name }) => name !== own.name);
  const foreign = [...bundled.values()].flatMap(({ dependencies = {} }) =>
    Object.entries(dependencies).filter(([name]) => !isOurs(name)),
  );
  const exports = inside.length > 0 ? own.exports : withTypes(own.exports);
  if (inside.length === 0) await writeDeclarations(folder, output);
  writeJson(join(output, 'package.json'), {
    ...own,
    exports,
    dependencies: {
      ...Object.fromEntries(foreign.toSorted(([a], [b]) => (a < b ? -1 : 1))),
      ...Object.fromEntries(inside.map(({ name, version }) => [name, version])),
    },
    bundleDependencies: inside.map(({ name }) => name),
  });
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Takes away what was built there before, and nothing else: a source is private, what is built is not. */
function clear(output: string, name: string): void {
  const isEmpty = !existsSync(output) || readdirSync(output).length === 0;
  const manifest = existsSync(join(output, 'package.json')) ? readManifest(output) : undefined;
  if (!isEmpty && (manifest?.name !== name || manifest.private === true)) {
    throw new SupplyChainError('FOLDER_IN_USE', `building ${name} in ${output}: it holds something else`, {
      hint: 'name a folder that is new, empty, or was built before',
    });
  }
  rmSync(output, { recursive: true, force: true });
}

function withTypes(exports: Manifest['exports']): object {
  const typed = (path: string) => ({ types: path.replace(/\.js$/, '.d.ts'), default: path });
  return Object.fromEntries(Object.entries(exports).map(([door, path]) => [door, typed(path)]));
}

/** By the compiler, for each source that is there. */
async function writeDeclarations(folder: string, output: string): Promise<void> {
  await inTemporaryFolder(async (temporary) => {
    const compiler = join(folder, '../../node_modules/typescript/bin/tsc');
    const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--rootDir', folder];
    await runProgram(process.execPath, [compiler, '-p', folder, ...options, '--outDir', temporary]);
    for (const path of globSync('src/**/*.d.ts', { cwd: temporary })) {
      if (!existsSync(join(output, path.replace(/\.d\.ts$/, '.js')))) continue;
      writeFileSync(join(output, path), withBuiltImports(readFileSync(join(temporary, path), 'utf8')));
    }
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
  const { private: _, ...manifest } = readManifest(folder);
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
  return withBuiltImports(stripTypeScriptTypes(source));
}

function withBuiltImports(source: string): string {
  return source.replaceAll(/((?:from|import)\s*\(?\s*['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2');
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
