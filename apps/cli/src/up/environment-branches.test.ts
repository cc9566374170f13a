import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Environment } from '@gatefleet/environment';
import { environmentNamed } from '@gatefleet/environment/testing';
import { git } from '../delivery/git.ts';
import { branchLines, environmentBranches, makeBranches, pushedRevision } from './environment-branches.ts';

const repository = 'https://git.example.com/platform/fleet.git';

const fleet = (...environments: Environment[]) => new Map(environments.map((each) => [each.metadata.name, each]));
const staging = environmentNamed('staging', { sync: { repository }, promotion: { from: 'dev' } });
const production = environmentNamed('production', { promotion: { from: 'staging' } });

test.each([
  { given: 'a row of three', all: fleet(environmentNamed('dev'), staging, production), then: 'main' },
  {
    given: 'a first one with a branch of its own',
    all: fleet(environmentNamed('dev', { sync: { revision: 'next' } }), staging, production),
    then: 'next',
  },
  { given: 'a first one that is not there', all: fleet(staging, production), then: 'main' },
  {
    given: 'a ring',
    all: fleet(environmentNamed('dev', { promotion: { from: 'production' } }), staging, production),
    then: 'main',
  },
])('given $given, branches start from $then', ({ all, then }) => {
  expect(pushedRevision(production, all)).toBe(then);
});

let root = '';
let head = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'branches-'));
  await git(root, 'init', '--quiet', '--bare', 'fleet.git');
  await git(root, 'init', '--quiet', '--initial-branch=main');
  await git(root, 'config', 'user.name', 'a');
  await git(root, 'config', 'user.email', 'a@example.com');
  await git(root, 'commit', '--quiet', '--allow-empty', '--message', 'Start');
  head = await git(root, 'rev-parse', 'HEAD');
});
afterEach(() => rm(root, { recursive: true }));
const all = fleet(environmentNamed('dev'), staging);

test('a branch that is missing is told with its start, and made there; a second time there is nothing to do', async () => {
  await git(root, 'config', `url.${join(root, 'fleet.git')}.insteadOf`, repository);
  await git(root, 'push', '--quiet', join(root, 'fleet.git'), 'main');
  const missing = await environmentBranches(root, [...all.values()], all);
  expect(branchLines(missing)).toEqual([`  environments/staging of ${repository}, at ${head.slice(0, 10)} of main`]);
  await makeBranches(missing);
  expect(await environmentBranches(root, [...all.values()], all)).toMatchObject([{ kind: 'there' }]);
});

test('a repository that cannot be reached stops nothing, and what is left to do by hand is told', async () => {
  await git(root, 'config', `url.${join(root, 'not-there.git')}.insteadOf`, repository);
  const unseen = await environmentBranches(root, [...all.values()], all);
  expect(branchLines(unseen)).toEqual([
    expect.stringContaining('not environments/staging, which has to be made by hand'),
  ]);
  await makeBranches(unseen);
});
