import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelled, ToolchainError } from './errors.ts';
import { goEnvironment } from './go-environment.ts';
import { compiledPackage, downloadedModule, timeLeftMs, type OnProgress } from './progress.ts';
import { runCommand } from './run-command.ts';
import type { Unit } from './units.ts';

/** A unit with its name and the folder of its go.mod. */
export interface BuildUnit extends Unit {
  readonly name: string;
  readonly dir: string;
}

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Lines of the compiler that an error carries. */
const errorLines = 15;

/** Everything but the packages that decides what a build makes. */
export function buildFlags(unit: Unit): string[] {
  const variables = Object.entries(unit.linkVariables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return ['-mod=readonly', '-trimpath', '-buildvcs=false', `-ldflags=${['-s', '-w', ...variables].join(' ')}`];
}

/**
 * Compiles a unit's programs into `outDir`. Go keeps what it has compiled and downloaded in caches of its own,
 * so a build that was broken off goes on there.
 * @throws {@link ToolchainError} `DOWNLOAD_FAILED`, `BUILD_FAILED`, `CANCELLED`
 */
export async function build(unit: BuildUnit, outDir: string, options: BuildOptions): Promise<void> {
  const known = await listPackages(unit, options);
  await mkdir(outDir, { recursive: true });
  const { name, version } = unit;
  const startedAt = performance.now();
  let compiled = 0;
  const report = () => {
    const packagesDone = Math.min(known.total, known.total - known.stale + compiled);
    const remaining = known.total - packagesDone;
    if (remaining === 0) return options.onProgress?.({ kind: 'linking', name, version });
    const leftMs = timeLeftMs(performance.now() - startedAt, compiled, remaining);
    options.onProgress?.({ kind: 'building', name, version, packagesDone, packagesKnown: known.total, leftMs });
  };
  report();
  // Linking and large packages take a while without a word from Go; the time left moves all the same.
  const ticking = setInterval(report, 1_000);
  const { code, stderr } = await runCommand('go', buildArguments(unit, outDir), {
    cwd: unit.dir,
    env: goEnvironment(options.env),
    signal: options.signal,
    onStderr: (line) => {
      if (compiledPackage(line) === undefined) return;
      compiled++;
      report();
    },
  }).finally(() => clearInterval(ticking));
  if (options.signal?.aborted) throw cancelled(`building ${name} ${version}`, options.signal);
  if (code === 0) return;
  const complaints = stderr.split('\n').filter((line) => compiledPackage(line) === undefined);
  throw new ToolchainError('BUILD_FAILED', failure(`building ${name} ${version}`, complaints), {
    hint: `to repeat it: ${repeatCommand(unit, ['go', ...buildArguments(unit, '/tmp/')])}`,
  });
}

function buildArguments(unit: BuildUnit, outDir: string): string[] {
  const programs = Object.entries(unit.programs);
  const [first] = programs;
  // With one package the output is a file; with more it is a folder, where Go names each by its package.
  const output = programs.length === 1 && first ? join(outDir, first[0]) : `${outDir}/`;
  return ['build', '-v', ...buildFlags(unit), '-o', output, ...programs.map(([, path]) => path)];
}

/** Fetches the modules that the unit needs, and counts its packages and those that Go has not compiled yet. */
async function listPackages(unit: BuildUnit, options: BuildOptions): Promise<{ total: number; stale: number }> {
  const { name, version } = unit;
  // A main package is always stale: what is linked is not kept in Go's cache.
  const format = '{{if and .Stale (ne .Name "main")}}stale{{else}}fresh{{end}}';
  const args = ['list', '-deps', ...buildFlags(unit), '-f', format, ...Object.values(unit.programs)];
  let modules = 0;
  const { code, stdout, stderr } = await runCommand('go', args, {
    cwd: unit.dir,
    env: goEnvironment(options.env),
    signal: options.signal,
    onStderr: (line) => {
      if (downloadedModule(line) === undefined) return;
      modules++;
      options.onProgress?.({ kind: 'downloading', name, version, modules });
    },
  });
  if (options.signal?.aborted) throw cancelled(`fetching the source of ${name} ${version}`, options.signal);
  if (code !== 0) {
    const complaints = stderr.split('\n').filter((line) => downloadedModule(line) === undefined);
    throw new ToolchainError('DOWNLOAD_FAILED', failure(`fetching the source of ${name} ${version}`, complaints), {
      hint: `to repeat it: ${repeatCommand(unit, ['go', 'list', '-deps', ...Object.values(unit.programs)])}`,
    });
  }
  const states = stdout.trim().split('\n');
  return { total: states.length, stale: states.filter((state) => state === 'stale').length };
}

function failure(step: string, lines: readonly string[]): string {
  return [`${step}: Go says`, ...lines.slice(-errorLines)].join('\n  ');
}

/** A line for a shell that does the same once more, in any folder. */
function repeatCommand(unit: BuildUnit, command: readonly string[]): string {
  const words = command.map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word}'`));
  return `cd ${unit.dir} && CGO_ENABLED=0 GOFLAGS= GOWORK=off ${words.join(' ')}`;
}
