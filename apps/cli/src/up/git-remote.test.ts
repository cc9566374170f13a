import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { layoutOf } from '@gatefleet/local-cluster';
import { runProgram } from '../run-program.ts';
import { addRemote, ensureBranches, headOf, prepareRepository, removeRemote } from './git-remote.ts';

let folder = '';
const git = (...args: string[]) =>
  runProgram('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args]);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkout-'));
  await git('init', '--quiet', '--initial-branch=main');
});
afterEach(() => rm(folder, { recursive: true }));
const layout = () => layoutOf(join(folder, '.gatefleet'));
const config = () => readFile(join(folder, '.git/config'), 'utf8');

test('before the first commit there is nothing to deploy, and it says so', async () => {
  await expect(headOf(folder)).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
});

test('the cluster’s repository starts with what is at HEAD, whatever branch that is', async () => {
  await git('commit', '--quiet', '--allow-empty', '--message', 'Start');
  await git('switch', '--quiet', '--create', 'work');
  await prepareRepository(folder, layout());
  const { commit, dirty } = await headOf(folder);
  expect(dirty).toBe(true);
  expect(await runProgram('git', ['-C', layout().gitRepository, 'rev-parse', 'main'])).toBe(`${commit}\n`);
});

test('branches that the cluster’s repository lacks start at HEAD, and stay where they are from then on', async () => {
  const commit = async (message: string) => {
    await git('commit', '--quiet', '--allow-empty', '--message', message);
    return (await git('rev-parse', 'HEAD')).trim();
  };
  const start = await commit('Start');
  await prepareRepository(folder, layout());
  const branches = ['main', 'environments/staging'];
  expect([...(await ensureBranches(folder, layout(), branches))]).toEqual(branches.map((branch) => [branch, start]));
  const later = await commit('Later');
  expect([...(await ensureBranches(folder, layout(), [...branches, 'environments/production']))]).toEqual([
    ...branches.map((branch) => [branch, start]),
    ['environments/production', later],
  ]);
});

test('the remote goes as it came, and comes once however often it is added', async () => {
  const before = await config();
  await addRemote(folder, layout(), 8418);
  await addRemote(folder, layout(), 8419);
  expect((await git('remote', '--verbose')).split('\n')[0]).toContain('http://127.0.0.1:8419/gatefleet.git');
  await removeRemote(folder);
  expect(await config()).toBe(before);
});

test('a remote "local" of the user’s own is left alone, and said to be in the way', async () => {
  await git('remote', 'add', 'local', 'git@example.org:mine.git');
  await expect(addRemote(folder, layout(), 8418)).rejects.toMatchObject({
    code: 'NOT_A_REPOSITORY',
    hint: expect.stringContaining('git remote rename local'),
  });
  expect(await git('remote', 'get-url', 'local')).toBe('git@example.org:mine.git\n');
});
