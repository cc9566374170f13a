import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Layout } from '@gatefleet/local-cluster';
import { CliError } from '../errors.ts';
import { runProgram } from '../run-program.ts';

const remote = 'local';

/** Where Argo CD in a local cluster finds the commits that were pushed to the cluster's own remote. */
export const repositoryInside = 'http://git.gatefleet.internal:8080/gatefleet.git';

/** The commit that the cluster is brought to, and whether the work tree holds more than it. */
export interface Head {
  readonly commit: string;
  readonly dirty: boolean;
}

/** @throws {@link CliError} `NOT_A_REPOSITORY` outside a git checkout, or before its first commit. */
export async function headOf(root: string): Promise<Head> {
  const git = (...args: string[]) => runProgram('git', ['-C', root, ...args]);
  try {
    const commit = (await git('rev-parse', '--verify', 'HEAD')).trim();
    return { commit, dirty: (await git('status', '--porcelain')).trim() !== '' };
  } catch (cause) {
    throw new CliError(
      'NOT_A_REPOSITORY',
      `reading the commit to deploy in ${root}: this is no git checkout with a commit`,
      {
        hint: 'environments are deployed from git: clone the repository, or run `git init` and commit',
        cause,
      },
    );
  }
}

/** Makes the bare repository behind the cluster's git remote and puts HEAD there as `main`. */
export async function prepareRepository(root: string, layout: Layout): Promise<void> {
  await mkdir(dirname(layout.gitRepository), { recursive: true, mode: 0o700 });
  await runProgram('git', ['init', '--quiet', '--bare', '--initial-branch=main', layout.gitRepository]);
  await runProgram('git', ['-C', root, 'push', '--quiet', layout.gitRepository, 'HEAD:refs/heads/main']);
}

/**
 * Names the cluster's git remote `local` in the user's checkout. The password stays in a file of the cluster's that git
 * reads by itself; the checkout's own configuration, which others may read, has only its path.
 */
export async function addRemote(root: string, layout: Layout, port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  await removeRemote(root);
  const git = (...args: string[]) => runProgram('git', ['-C', root, ...args]);
  await git('remote', 'add', remote, `${url}/gatefleet.git`);
  await git('config', `credential.${url}.helper`, `store --file='${layout.gitCredentials}'`);
  await git('config', `credential.${url}.username`, 'gatefleet');
}

/** Takes out what {@link addRemote} put in. */
export async function removeRemote(root: string): Promise<void> {
  const address = await checkRemote(root);
  if (address === undefined) return;
  const git = (...args: string[]) => runProgram('git', ['-C', root, ...args]);
  await git('remote', 'remove', remote);
  await git('config', '--remove-section', `credential.${address}`).catch(() => '');
}

/**
 * Where the remote of a cluster leads, if there is one.
 *
 * @throws {@link CliError} `NOT_A_REPOSITORY` for a remote `local` of the user's own, which stays.
 */
export async function checkRemote(root: string): Promise<string | undefined> {
  const url = (await runProgram('git', ['-C', root, 'remote', 'get-url', remote]).catch(() => '')).trim();
  if (url === '') return undefined;
  const ours = /^(http:\/\/127\.0\.0\.1:\d+)\/gatefleet\.git$/.exec(url);
  if (ours?.[1] !== undefined) return ours[1];
  throw new CliError('NOT_A_REPOSITORY', `adding the git remote "${remote}": this checkout has one already, ${url}`, {
    hint: `rename it: git remote rename ${remote} another-name`,
  });
}

/** Pushes HEAD to the cluster's `main`, as the user would. @throws {@link CliError} `COMMAND_FAILED` with git's own words */
export async function pushHead(root: string): Promise<void> {
  await runProgram('git', ['-C', root, 'push', '--quiet', remote, 'HEAD:refs/heads/main']);
}

/**
 * Makes the branches at HEAD that the cluster's remote does not have yet.
 *
 * @returns where each of them is. @throws {@link CliError} `COMMAND_FAILED` with git's own words
 */
export async function ensureBranches(
  root: string,
  { gitRepository }: Layout,
  branches: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const tips = new Map<string, string>();
  for (const branch of new Set(branches)) {
    const tipOf = () => runProgram('git', ['-C', gitRepository, 'rev-parse', '--verify', `refs/heads/${branch}`]);
    const tip = await tipOf().catch(async () => {
      await runProgram('git', ['-C', root, 'push', '--quiet', gitRepository, `HEAD:refs/heads/${branch}`]);
      return tipOf();
    });
    tips.set(branch, tip.trim());
  }
  return tips;
}
