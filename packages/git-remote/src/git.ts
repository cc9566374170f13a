import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GitRemoteError } from './errors.ts';

const run = promisify(execFile);

/** Output of `for-each-ref` that is still taken: about 100,000 refs. */
const maxOutputBytes = 16 * 1024 * 1024;

/**
 * Environment of every git that serves the repository. Neither the user's nor the system's configuration applies, the owner of the
 * folder may be another id (as in a user namespace), and no hook of the repository is run.
 */
export function gitEnvironment(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const all = Object.entries({ 'safe.directory': '*', 'core.hooksPath': '/dev/null', 'gc.auto': '0', ...settings });
  return {
    PATH: process.env.PATH,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(
      all.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
}

/** @throws GitRemoteError `GIT_MISSING`, `NOT_A_REPOSITORY` */
export async function requireBareRepository(repository: string): Promise<void> {
  let answer: string;
  try {
    answer = await git(repository, ['rev-parse', '--is-bare-repository']);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') {
      throw new GitRemoteError('GIT_MISSING', 'starting git: there is no such program on PATH', {
        hint: 'install git',
        cause,
      });
    }
    throw notARepository(repository, cause);
  }
  if (answer.trim() !== 'true') throw notARepository(repository);
}

/** Object ids by full ref name. */
export async function readRefs(repository: string): Promise<ReadonlyMap<string, string>> {
  try {
    const lines = (await git(repository, ['for-each-ref', '--format=%(objectname) %(refname)'])).split('\n');
    return new Map(
      lines.filter(Boolean).map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
    );
  } catch (cause) {
    throw new GitRemoteError('BACKEND_FAILED', `reading the refs of ${repository}`, { cause });
  }
}

async function git(repository: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['--git-dir', repository, ...args], {
    env: gitEnvironment(),
    maxBuffer: maxOutputBytes,
  });
  return stdout;
}

function notARepository(repository: string, cause?: unknown): GitRemoteError {
  return new GitRemoteError('NOT_A_REPOSITORY', `serving ${repository}: it is not a bare git repository`, {
    hint: `git init --bare ${repository}`,
    cause,
  });
}
