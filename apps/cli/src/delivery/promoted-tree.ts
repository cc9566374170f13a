import { runProgram } from '../run-program.ts';
import { git } from './git.ts';

/** From the repository's root: the Component that says which versions an environment runs. */
export const versionFolder = (environment: string): string => `overlays/${environment}/version`;

/**
 * The tree of a commit, with the versions of one environment in the place of another's. Work tree and index stay as they are.
 *
 * @returns the tree's id. @throws CliError `COMMAND_FAILED`
 */
export async function promotedTree(root: string, commit: string, from: string, to: string): Promise<string> {
  const versions = await git(root, 'rev-parse', '--verify', `${commit}:${versionFolder(from)}`);
  return withFolder(root, `${commit}^{tree}`, versionFolder(to).split('/'), versions);
}

/** A tree with another one at a path below it. */
async function withFolder(root: string, tree: string, path: readonly string[], folder: string): Promise<string> {
  const [name, ...below] = path;
  if (name === undefined) return folder;
  const entries = (await runProgram('git', ['-C', root, 'ls-tree', '-z', tree]))
    .split('\0')
    .filter((line) => line !== '');
  const isIt = (entry: string) => entry.slice(entry.indexOf('\t') + 1) === name;
  const old = entries.find(isIt);
  const next = old === undefined ? await emptyTree(root) : /^\d+ \w+ (\w+)\t/.exec(old)?.[1];
  if (next === undefined) throw new TypeError(`git lists a tree's entry as ${String(old)}`);
  const inner = await withFolder(root, next, below, folder);
  return makeTree(root, [...entries.filter((entry) => !isIt(entry)), `040000 tree ${inner}\t${name}`]);
}

const emptyTree = (root: string) => makeTree(root, []);

async function makeTree(root: string, entries: readonly string[]): Promise<string> {
  const input = entries.map((entry) => `${entry}\0`).join('');
  return (await runProgram('git', ['-C', root, 'mktree', '-z'], { input })).trim();
}
