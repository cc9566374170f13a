import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commitTree, git, treeOf } from './git.ts';
import { openOrigin, type Origin } from './origin.ts';
import { broughtAlong, commitProposal, propose } from './proposal.ts';

let folder = '';
let root = '';
let origin: Origin;
const at = (commit: string, path: string) => git(root, 'show', `${commit}:${path}`);
const branch = 'environments/staging';
const both = { from: 'dev', to: 'staging' };
const versionOf = (environment: string) => `overlays/${environment}/version/kustomization.yaml`;

async function commit(files: Readonly<Record<string, string>>, message: string): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await git(root, 'add', '--all');
  await git(root, 'commit', '--quiet', '--message', message);
  return git(root, 'rev-parse', 'HEAD');
}

async function promote(source: string): Promise<string> {
  const tip = await origin.tipOf(branch);
  const proposal = await propose(root, { ...both, source, tip });
  const promoted = await commitProposal(root, proposal, { ...both, since: new Date(0) });
  await origin.push(promoted, branch, tip);
  return promoted;
}

let start = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proposal-'));
  root = join(folder, 'clone');
  const bare = join(folder, 'fleet.git');
  await git(folder, 'init', '--quiet', '--bare', bare);
  await git(folder, 'init', '--quiet', '--initial-branch=main', root);
  await git(root, 'config', 'user.name', 'A platform engineer');
  await git(root, 'config', 'user.email', 'platform@example.com');
  await git(root, 'remote', 'add', 'origin', bare);
  start = await commit({ base: 'v1', [versionOf('dev')]: 'tag', [versionOf('staging')]: 'digest' }, 'Start');
  await git(root, 'push', '--quiet', 'origin', `${start}:refs/heads/${branch}`);
  origin = await openOrigin(root, bare);
});
afterEach(() => rm(folder, { recursive: true }));

test('what is promoted is the whole commit, with the versions of the environment that ran it', async () => {
  const source = await commit({ base: 'v2', [versionOf('dev')]: 'newer' }, 'Harden the gateways');
  const promoted = await promote(source);
  expect(await Promise.all(['base', versionOf('dev'), versionOf('staging')].map((path) => at(promoted, path)))).toEqual(
    ['v2', 'newer', 'newer'],
  );
  expect(await git(root, 'show', '--no-patch', '--format=%P %s', promoted)).toBe(
    `${start} ${source} Promote dev to staging: Harden the gateways`,
  );
  expect(await origin.tipOf(branch)).toBe(promoted);
});

test('a promotion of a promotion is named for what both bring', async () => {
  const source = await promote(await commit({ base: 'v2' }, 'Harden the gateways'));
  const next = await propose(root, { from: 'staging', to: 'production', source, tip: start });
  const promoted = await commitProposal(root, next, { from: 'staging', to: 'production', since: new Date(0) });
  expect(await git(root, 'show', '--no-patch', '--format=%s', promoted)).toBe(
    'Promote staging to production: Harden the gateways',
  );
});

test('work tree, index and the branch that is checked out stay as they are', async () => {
  const source = await commit({ base: 'v2' }, 'Harden the gateways');
  await writeFile(join(root, 'base'), 'being edited');
  await promote(source);
  expect(await git(root, 'status', '--porcelain', '--branch')).toBe('## main\n M base');
  expect(await git(root, 'rev-parse', 'HEAD')).toBe(source);
});

test('an environment that is new at the commit gets its versions too', async () => {
  const source = await commit({ [versionOf('dev')]: 'newer' }, 'Start another');
  await git(root, 'rm', '--quiet', '-r', 'overlays/staging');
  await git(root, 'commit', '--quiet', '--amend', '--no-edit');
  const amended = await git(root, 'rev-parse', 'HEAD');
  expect(amended).not.toBe(source);
  const { tree } = await propose(root, { ...both, source: amended, tip: undefined });
  expect(await at(tree, versionOf('staging'))).toBe('newer');
});

test('a second time there is nothing new, and a later commit is', async () => {
  const source = await commit({ base: 'v2' }, 'Harden the gateways');
  const tip = await promote(source);
  expect(await propose(root, { ...both, source, tip })).toMatchObject({ change: { kind: 'none' } });
  const later = await commit({ base: 'v3' }, 'Harden them more');
  const proposal = await propose(root, { ...both, source: later, tip });
  expect(proposal).toMatchObject({ change: { kind: 'new' } });
  expect(await broughtAlong(root, proposal)).toEqual([expect.stringMatching(/^\w+ Harden them more$/)]);
});

test('a commit that the branch was brought back from is known, and by which promotion it came', async () => {
  const source = await commit({ base: 'v2' }, 'Harden the gateways');
  const promoted = await promote(source);
  const back = await commitTree(root, await treeOf(root, start), [promoted], 'Roll staging back\n');
  expect(await propose(root, { ...both, source, tip: back })).toMatchObject({
    change: { kind: 'rolled-back', promoted },
  });
  const mended = await commit({ base: 'v3' }, 'Mend it');
  expect(await propose(root, { ...both, source: mended, tip: back })).toMatchObject({ change: { kind: 'new' } });
});

test('commits of others are fetched', async () => {
  const other = join(folder, 'other');
  await git(folder, 'clone', '--quiet', '--branch', branch, join(folder, 'fleet.git'), other);
  const theirs = ['-c', 'user.name=b', '-c', 'user.email=b@example.com'];
  await git(other, ...theirs, 'commit', '--quiet', '--allow-empty', '--message', 'Theirs');
  await git(other, 'push', '--quiet');
  const tip = await origin.tipOf(branch);
  expect(await at(tip ?? '', 'base')).toBe('v1');
  expect(await origin.tipOf('environments/production')).toBeUndefined();
});

test('of two promotions at once the second is told where the branch is, and moves nothing', async () => {
  const tip = await origin.tipOf(branch);
  const source = await commit({ base: 'v2' }, 'Harden the gateways');
  const [first, second] = [new Date(0), new Date(1)].map(async (since) =>
    commitProposal(root, await propose(root, { ...both, source, tip }), { ...both, since }),
  );
  await origin.push((await first) ?? '', branch, tip);
  await expect(origin.push((await second) ?? '', branch, tip)).rejects.toMatchObject({
    code: 'BRANCH_MOVED',
    message: expect.stringContaining((await first)?.slice(0, 10) ?? 'nothing'),
  });
  expect(await origin.tipOf(branch)).toBe(await first);
});
