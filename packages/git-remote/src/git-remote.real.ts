import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { GitRemoteError } from './index.ts';
import { startGitRemote, type Door, type GitRemote, type GitRemoteOptions, type RefUpdate } from './index.ts';

const run = promisify(execFile);
jest.setTimeout(60_000);
const user = 'git';
const password = 'p@ss/word:1';

let folder: string;
let bare: string;
const open: GitRemote[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-remote-'));
  bare = join(folder, 'fleet.git');
  await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((remote) => remote.close()));
  await rm(folder, { recursive: true, force: true });
});

/** git as a user without any configuration of this machine, and without a terminal to ask for a password. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'T'],
        [`GIT_${who}_EMAIL`, 't@example.org'],
      ]),
    ),
  };
  return (await run('git', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}

async function start(options: Partial<GitRemoteOptions> = {}): Promise<GitRemote> {
  const anywhere = { host: '127.0.0.1', port: 0 };
  const remote = await startGitRemote({
    repository: bare,
    writable: { listener: anywhere, user, password },
    readable: anywhere,
    ...options,
  });
  open.push(remote);
  return remote;
}

function urlOf(remote: GitRemote, door: Pick<Door, 'address'>, login = ''): string {
  return `http://${login}127.0.0.1:${door.address?.port}${remote.path}`;
}

const login = `${user}:${encodeURIComponent(password)}@`;

async function commit(work: string, file: string, content: string): Promise<string> {
  await writeFile(join(work, file), content);
  await git(work, 'add', file);
  await git(work, 'commit', '--quiet', '-m', `Add ${file}`);
  return git(work, 'rev-parse', 'HEAD');
}

async function worktree(remoteUrl: string): Promise<string> {
  const work = join(folder, `work-${randomBytes(4).toString('hex')}`);
  await git(folder, 'init', '--quiet', '--initial-branch=main', work);
  await git(work, 'remote', 'add', 'local', remoteUrl);
  return work;
}

test('a push is told with its commits, and a reader clones what was pushed', async () => {
  const told = Promise.withResolvers<readonly RefUpdate[]>();
  const remote = await start({ onPush: told.resolve });
  const work = await worktree(urlOf(remote, remote.writable, login));
  const first = await commit(work, 'a.txt', 'one');
  await git(work, 'push', '--quiet', 'local', 'main', 'main:refs/heads/other');
  expect(await told.promise).toEqual([
    { ref: 'refs/heads/main', old: undefined, new: first },
    { ref: 'refs/heads/other', old: undefined, new: first },
  ]);
  await git(folder, 'clone', '--quiet', urlOf(remote, remote.readable), 'clone');
  expect(await readFile(join(folder, 'clone', 'a.txt'), 'utf8')).toBe('one');
});

test('a later push tells old and new, a deletion tells no new, and a push of nothing tells nothing', async () => {
  const told: (readonly RefUpdate[])[] = [];
  const remote = await start({ onPush: (refs) => void told.push(refs) });
  const work = await worktree(urlOf(remote, remote.writable, login));
  const first = await commit(work, 'a.txt', 'one');
  await git(work, 'push', '--quiet', 'local', 'main');
  const second = await commit(work, 'a.txt', 'two');
  await git(work, 'push', '--quiet', 'local', 'main', 'main:side');
  await git(work, 'push', '--quiet', 'local', 'main');
  await git(work, 'push', '--quiet', 'local', ':side');
  await remote.close();
  expect(told.slice(1)).toEqual([
    [
      { ref: 'refs/heads/main', old: first, new: second },
      { ref: 'refs/heads/side', old: undefined, new: second },
    ],
    [{ ref: 'refs/heads/side', old: second, new: undefined }],
  ]);
});

test('a push by force that loses history is refused unless it is forced, and is then told', async () => {
  const told: (readonly RefUpdate[])[] = [];
  const remote = await start({ onPush: (refs) => void told.push(refs) });
  const work = await worktree(urlOf(remote, remote.writable, login));
  await commit(work, 'a.txt', 'one');
  await git(work, 'push', '--quiet', 'local', 'main');
  await git(work, 'commit', '--quiet', '--amend', '-m', 'Other');
  await expect(git(work, 'push', '--quiet', 'local', 'main')).rejects.toThrow(/non-fast-forward|fetch first/);
  await git(work, 'push', '--quiet', '--force', 'local', 'main');
  await remote.close();
  expect(told).toHaveLength(2);
});

test('without or with a wrong password nothing is read or written through the door for writers', async () => {
  const remote = await start();
  for (const wrong of ['', `${user}:wrong@`, `other:${encodeURIComponent(password)}@`]) {
    const work = await worktree(urlOf(remote, remote.writable, wrong));
    await commit(work, 'a.txt', 'one');
    await expect(git(work, 'push', '--quiet', 'local', 'main')).rejects.toThrow(
      /Authentication failed|could not read Username/,
    );
    await expect(git(work, 'ls-remote', 'local')).rejects.toThrow(/Authentication failed|could not read Username/);
  }
  expect(await git(bare, 'for-each-ref')).toBe('');
});

test('nothing is written through the door for readers, not even with the password', async () => {
  const remote = await start();
  for (const anyone of ['', login]) {
    const work = await worktree(urlOf(remote, remote.readable, anyone));
    await commit(work, 'a.txt', 'one');
    await expect(git(work, 'push', '--quiet', 'local', 'main')).rejects.toThrow(/403/);
  }
  const url = `${urlOf(remote, remote.readable)}/git-receive-pack`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-git-receive-pack-request' },
    body: '0000',
  });
  expect(answer.status).toBe(403);
  expect(await git(bare, 'for-each-ref')).toBe('');
});

test('a fetch whose request git compresses, of thousands of commits, arrives whole', async () => {
  const remote = await start();
  const work = await worktree(urlOf(remote, remote.readable));
  const lines = Array.from(
    { length: 1_500 },
    (_, i) => `commit refs/heads/b${i}\ncommitter T <t@example.org> ${i} +0000\ndata 1\n${i % 10}\n`,
  );
  const stream = join(folder, 'import');
  await writeFile(stream, lines.join('\n'));
  await run('sh', ['-c', `git --git-dir '${bare}' fast-import --quiet < '${stream}'`]);
  const trace = join(folder, 'trace');
  const env = { PATH: process.env.PATH, HOME: folder, GIT_TRACE_CURL: trace };
  await run('git', ['-c', 'protocol.version=0', 'fetch', '--quiet', 'local', '+refs/heads/*:refs/remotes/local/*'], {
    cwd: work,
    env,
  });
  expect(await readFile(trace, 'utf8')).toMatch(/content-encoding: gzip/i);
  expect((await git(work, 'for-each-ref', '--format=%(refname)')).split('\n')).toHaveLength(1_500);
});

test('a push of more than git sends at once, in chunks, arrives whole', async () => {
  const remote = await start();
  const work = await worktree(urlOf(remote, remote.writable, login));
  await mkdir(join(work, 'big'));
  await writeFile(join(work, 'big', 'blob'), randomBytes(6 * 1024 * 1024));
  await git(work, 'add', 'big');
  await git(work, 'commit', '--quiet', '-m', 'Add a big file');
  await git(work, 'push', '--quiet', 'local', 'main');
  expect(await git(bare, 'rev-parse', 'main')).toBe(await git(work, 'rev-parse', 'main'));
});

test('a body over the limit changes nothing, is told, and the server goes on', async () => {
  const errors: GitRemoteError[] = [];
  const remote = await start({ maxBodyBytes: 100_000, onError: (error) => errors.push(error) });
  const work = await worktree(urlOf(remote, remote.writable, login));
  const small = await commit(work, 'a.txt', 'one');
  await git(work, 'push', '--quiet', 'local', 'main');
  await writeFile(join(work, 'blob'), randomBytes(3 * 1024 * 1024));
  await git(work, 'add', 'blob');
  await git(work, 'commit', '--quiet', '-m', 'Add a big file');
  await expect(git(work, 'push', '--quiet', 'local', 'main')).rejects.toThrow();
  expect(await git(bare, 'rev-parse', 'main')).toBe(small);
  expect(await git(work, 'ls-remote', 'local', 'main')).toContain(small);
  await remote.close();
  expect(errors.map(({ code }) => code)).toEqual(['BACKEND_FAILED']);
});

test('a callback that throws is told, and the push has happened', async () => {
  const told = Promise.withResolvers<GitRemoteError>();
  const remote = await start({
    onPush: () => {
      throw new Error('no');
    },
    onError: told.resolve,
  });
  const work = await worktree(urlOf(remote, remote.writable, login));
  await commit(work, 'a.txt', 'one');
  await git(work, 'push', '--quiet', 'local', 'main');
  expect((await told.promise).code).toBe('PUSH_CALLBACK_FAILED');
});

test('pushes of twelve at once are each told once, with their own ref', async () => {
  const told: (readonly RefUpdate[])[] = [];
  const remote = await start({ onPush: (refs) => void told.push(refs), maxConcurrent: 2 });
  const names = Array.from({ length: 12 }, (_, i) => `b${i}`);
  const work = await worktree(urlOf(remote, remote.writable, login));
  const tip = await commit(work, 'a.txt', 'one');
  await Promise.all(names.map((name) => git(work, 'push', '--quiet', 'local', `main:${name}`)));
  await remote.close();
  expect(
    told
      .flat()
      .map(({ ref }) => ref)
      .sort(),
  ).toEqual(names.map((name) => `refs/heads/${name}`).sort());
  expect(told).toHaveLength(12);
  expect(new Set(told.flat().map((update) => update.new))).toEqual(new Set([tip]));
});

test('a server that listens already is served, and stays open after close', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const remote = await start({ writable: { listener: server, user, password } });
    expect(await git(folder, 'ls-remote', urlOf(remote, remote.writable, login))).toBe('');
    await remote.close();
    expect(server.listening).toBe(true);
  } finally {
    await closed(server);
  }
});

test.each([
  { door: 'writable', as: login },
  { door: 'readable', as: '' },
] as const)('connections accepted elsewhere are served by the $door door', async ({ door, as }) => {
  const remote = await start({ writable: { user, password }, readable: undefined });
  expect(remote[door].address).toBeUndefined();
  const server = createServer(remote[door].handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as { port: number };
    expect(await git(folder, 'ls-remote', `http://${as}127.0.0.1:${port}${remote.path}`)).toBe('');
  } finally {
    await remote.close();
    await closed(server);
  }
});

test('close ends a connection that is held open, and can be called twice', async () => {
  const remote = await start();
  const answer = await fetch(`${urlOf(remote, remote.readable)}/info/refs?service=git-upload-pack`);
  expect(answer.status).toBe(200);
  await remote.close();
  await remote.close();
  await expect(fetch(urlOf(remote, remote.readable))).rejects.toThrow();
});

test('the dumb protocol, other paths and other methods find nothing', async () => {
  const remote = await start();
  for (const path of ['/HEAD', '/config', '/info/refs', '/objects/info/packs', '/../fleet.git/HEAD']) {
    expect((await fetch(urlOf(remote, remote.readable) + path)).status).toBe(404);
  }
});

test('a folder that is no bare repository and a port in use are clear errors', async () => {
  const anywhere = { host: '127.0.0.1', port: 0 };
  const options = { writable: { listener: anywhere, user, password }, readable: anywhere };
  await expect(startGitRemote({ ...options, repository: folder })).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
  await expect(startGitRemote({ ...options, repository: join(folder, 'none') })).rejects.toMatchObject({
    code: 'NOT_A_REPOSITORY',
  });
  const remote = await start();
  const taken = { host: '127.0.0.1', port: remote.readable.address?.port ?? 0 };
  await expect(startGitRemote({ ...options, repository: bare, readable: taken })).rejects.toMatchObject({
    code: 'ADDRESS_UNUSABLE',
  });
});

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
