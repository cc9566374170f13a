import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolchainError } from './errors.ts';
import { runCommand } from './run-command.ts';

const installHint = 'install Go 1.26 or later (https://go.dev/doc/install) and put its bin folder on PATH';

/** What of Go's own settings ends up in a binary. */
export interface GoSettings {
  readonly GOVERSION: string;
  readonly GOOS: string;
  readonly GOARCH: string;
  readonly GOAMD64: string;
  readonly GOARM64: string;
  readonly GOEXPERIMENT: string;
}

/**
 * The environment of every `go` we start: the user's, less what would change the build. Modules are taken as our go.mod
 * files pin them, whatever workspace or flags the user has set, and by the Go that is installed.
 */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GO111MODULE: 'on', GOTOOLCHAIN: 'local' };
}

/** @throws {@link ToolchainError} `GO_MISSING` */
export async function readGoSettings(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<GoSettings> {
  const names = ['GOVERSION', 'GOOS', 'GOARCH', 'GOAMD64', 'GOARM64', 'GOEXPERIMENT'];
  try {
    const { code, stdout, stderr } = await runCommand('go', ['env', '-json', ...names], {
      env: goEnvironment(env),
      // Outside of any module: a go.mod of the folder that we were started in must not matter.
      cwd: '/',
      signal,
    });
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as GoSettings;
  } catch (cause) {
    throw new ToolchainError('GO_MISSING', 'asking Go for its version: `go env` did not run', {
      hint: installHint,
      cause,
    });
  }
}

/** The `go` line of a go.mod. */
export function requiredGoVersion(goMod: string): string {
  return /^go (\S+)$/m.exec(goMod)?.[1] ?? '1.0';
}

/** Compares dotted versions by number, so that 1.26 is newer than 1.9. */
export function isAtLeast(version: string, wanted: string): boolean {
  const parts = (text: string) => (/\d+(\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number);
  const [have, want] = [parts(version), parts(wanted)];
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - (want[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** @throws {@link ToolchainError} `GO_TOO_OLD` */
export async function checkGoVersion(settings: GoSettings, moduleDir: string): Promise<void> {
  const wanted = requiredGoVersion(await readFile(join(moduleDir, 'go.mod'), 'utf8'));
  if (isAtLeast(settings.GOVERSION, wanted)) return;
  throw new ToolchainError('GO_TOO_OLD', `checking Go: found ${settings.GOVERSION}, need go${wanted} or later`, {
    hint: installHint,
  });
}
