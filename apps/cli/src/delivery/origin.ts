import type { Environment } from '@gatefleet/environment';
import type { Application } from 'argocd-ts-client';
import { CliError } from '../errors.ts';
import { repositoryInside } from '../up/git-remote.ts';
import { git, hasCommit } from './git.ts';
import { remoteFor, type GitRemote } from './remote-for.ts';

/** The repository that Argo CD reads, as this clone reaches it. */
export interface Origin {
  /** The remote's name, or the address where this clone has no remote for it. */
  readonly name: string;
  /** Where a branch is there, its commits fetched; undefined where there is no such branch. */
  readonly tipOf: (branch: string) => Promise<string | undefined>;
  /**
   * Moves a branch forward to a commit, or makes it.
   *
   * @param from - where the branch was found.
   * @throws {@link CliError} `BRANCH_MOVED` where someone else has moved it since; `COMMAND_FAILED` with git's words.
   */
  readonly push: (commit: string, branch: string, from: string | undefined) => Promise<void>;
}

/** @param address - of the repository, as the Application has it. */
export async function openOrigin(root: string, address: string): Promise<Origin> {
  const name = remoteFor(address, await remotesOf(root), repositoryInside);
  const lookUp = async (branch: string) => {
    const [id] = (await git(root, 'ls-remote', '--heads', name, `refs/heads/${branch}`)).split('\t');
    return id === '' ? undefined : id;
  };
  return {
    name,
    async tipOf(branch) {
      const tip = await lookUp(branch);
      if (tip !== undefined && !(await hasCommit(root, tip))) {
        await git(root, 'fetch', '--quiet', '--no-tags', '--no-write-fetch-head', name, `refs/heads/${branch}`);
      }
      return tip;
    },
    async push(commit, branch, from) {
      try {
        await git(root, 'push', '--quiet', name, `${commit}:refs/heads/${branch}`);
      } catch (cause) {
        const now = await lookUp(branch);
        if (now === from) throw cause;
        throw new CliError(
          'BRANCH_MOVED',
          `moving ${branch} of ${name} from ${short(from)} to ${short(commit)}: it is at ${short(now)} by now`,
          { hint: 'someone else was faster: repeat the command, and it starts from there', cause },
        );
      }
    },
  };
}

/** The repository of an environment: what its Application reads, which in a local cluster is another one than environment.yaml says. */
export const originOf = (root: string, { spec }: Application, environment: Environment): Promise<Origin> =>
  openOrigin(root, spec?.source?.repoURL ?? environment.spec.sync.repository);

const short = (id: string | undefined): string => id?.slice(0, 10) ?? 'nothing';

async function remotesOf(root: string): Promise<readonly GitRemote[]> {
  const names = (await git(root, 'remote')).split('\n').filter((name) => name !== '');
  return Promise.all(names.map(async (name) => ({ name, address: await git(root, 'remote', 'get-url', name) })));
}
