import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSnapshot } from '@gatefleet/certificate-transfer';
import { ConsulAcl, ConsulKvStore, readSnapshot } from '@gatefleet/consul-kv';
import { closedConsul, freePort, startConsul, type ClosedConsul, type ConsulProgram } from '@gatefleet/test-programs';
import { backupVariables } from '../config/environment.ts';
import { createLogger } from '../log.ts';
import { backup, type BackupDeps } from './backup.ts';

const passphrase = 'five words drawn by lot';
const environment = 'qa';
let folder: string;
let closed: ClosedConsul;
let consul: ConsulProgram;
const lines: string[] = [];
const log = createLogger('debug', { write: (line) => void lines.push(line) });
const signal = AbortSignal.timeout(600_000);

const at = (name: string) => join(folder, name);
const as = (component?: string) => ({ addresses: [consul.address], ...closed.as(component) });
const file = (name: string) => at(`backups/${name}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-backup-'));
  closed = await closedConsul(folder);
  consul = await startConsul(closed);
  await closed.register([consul.address]);
  await new ConsulKvStore(as()).put('traefik/tls/certificates/a/keyFile', 'a key that is served', 0);
  await mkdir(at('backups'));
  await mkdir(at('key'));
  await writeFile(at('key/key'), 'the key of the records');
  await writeFile(at('passphrase'), `${passphrase}\n`);
  await writeFile(
    at('certificate-policy.yaml'),
    JSON.stringify({
      apiVersion: 'gatefleet.dev/v1alpha1',
      kind: 'CertificatePolicy',
      environment,
      domains: ['qa.example.com'],
      certificates: { issuers: ['letsencrypt'], email: 'platform@example.com' },
    }),
  );
}, 600_000);
afterAll(async () => {
  await consul.stop();
  await rm(folder, { recursive: true });
});

const variables = (more: Readonly<Record<string, string>> = {}) => ({
  GATEFLEET_CONSUL_ADDRESSES: consul.address,
  GATEFLEET_CONSUL_CA_FILE: closed.caFile,
  GATEFLEET_CONSUL_TOKEN_FILE: closed.filesOf('backup').tokenFile,
  GATEFLEET_CERTIFICATE_POLICY_FILE: at('certificate-policy.yaml'),
  GATEFLEET_ENCRYPTION_KEY_FOLDER: at('key'),
  GATEFLEET_BACKUP_PASSPHRASE_FILE: at('passphrase'),
  GATEFLEET_BACKUP_FOLDER: at('backups'),
  ...more,
});
const take = (second: number, more: Readonly<Record<string, string>> = {}, deps: Partial<BackupDeps> = {}) =>
  backup(backupVariables(variables(more)), {
    environment,
    readSnapshot: (bounded) => readSnapshot(as('backup'), bounded),
    now: () => new Date(Date.UTC(2026, 10, 28, 20, 0, second)),
    log,
    signal,
    ...deps,
  });
const open = (name: string) =>
  openSnapshot(() => createReadStream(file(name)) as AsyncIterable<Buffer>, { passphrase, fileName: name });
const nameOf = (second: number) => `gatefleet-qa-20261128T20000${second}Z.snapshot`;

test('with its own token it writes the whole store, sealed, for its owner alone', async () => {
  await take(0);
  expect(await readdir(at('backups'))).toEqual([nameOf(0)]);
  expect((await stat(file(nameOf(0)))).mode & 0o777).toBe(0o600);
  const told = (await readFile(file(nameOf(0)), 'latin1')) + lines.join('');
  const tokens = [...closed.tokens.values(), closed.management];
  for (const secret of ['a key that is served', 'the key of the records', ...tokens, passphrase])
    expect(told).not.toContain(secret);
});

test('what was written is restored by a Consul that knew nothing of it, tokens and all, which keeps its own management token', async () => {
  const { archive, encryptionKey } = await open(nameOf(0));
  expect(encryptionKey).toEqual({ key: 'the key of the records' });
  const chunks: Buffer[] = [];
  for await (const chunk of archive()) chunks.push(chunk);
  const another = await closedConsul(await mkdtemp(join(folder, 'another-')));
  await using empty = await startConsul(another);
  const answer = await fetch(`${empty.address}/v1/snapshot`, {
    method: 'PUT',
    body: Buffer.concat(chunks),
    headers: { 'X-Consul-Token': another.management },
  });
  expect(answer.status).toBe(200);
  const there = { addresses: [empty.address], ...another.as() };
  const store = new ConsulKvStore(there);
  expect((await store.get('traefik/tls/certificates/a/keyFile'))?.value).toBe('a key that is served');
  const acl = new ConsulAcl(there);
  expect((await acl.tokens()).map(({ secret }) => secret)).toContain(closed.tokens.get('backup'));
});

test('a part that a run before left behind is removed, and another file is left alone', async () => {
  await writeFile(file(`${nameOf(0)}.part`), 'half of it');
  await writeFile(file('notes'), 'mine');
  await take(1);
  expect((await readdir(at('backups'))).toSorted()).toEqual([nameOf(0), nameOf(1), 'notes'].toSorted());
});

test('one that is new enough is not taken again', async () => {
  await take(2, { GATEFLEET_BACKUP_UNLESS_WITHIN_SECONDS: '60' });
  expect(await readdir(at('backups'))).not.toContain(nameOf(2));
  expect(lines.at(-1)).toContain('new enough');
});

test.each<{ given: string; readSnapshot: () => Promise<AsyncIterable<Buffer>>; code: string }>([
  {
    given: 'an archive that ends early',
    readSnapshot: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of await readSnapshot(as('backup'))) chunks.push(chunk);
      return (async function* () {
        yield Buffer.concat(chunks).subarray(0, -40);
      })();
    },
    code: 'INPUT_BROKEN',
  },
  {
    given: 'a token without the right',
    readSnapshot: () => readSnapshot(as('leader')),
    code: 'FORBIDDEN',
  },
])('given $given, nothing is kept of it, and none of those before goes', async ({ readSnapshot: broken, code }) => {
  const before = await readdir(at('backups'));
  await expect(take(3, { GATEFLEET_BACKUP_KEEP: '1' }, { readSnapshot: broken })).rejects.toMatchObject({ code });
  expect(await readdir(at('backups'))).toEqual(before);
});

test('with a volume that is full it fails, says so, and leaves no half of a file', async () => {
  const command = `mount -t tmpfs -o size=4k tmpfs "$GATEFLEET_BACKUP_FOLDER" && "$0" "$1" backup; echo "ended with $?"; ls -A "$GATEFLEET_BACKUP_FOLDER"`;
  const { stdout } = await promisify(execFile)(
    'unshare',
    [
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      command,
      process.execPath,
      join(import.meta.dirname, '../main.ts'),
    ],
    { env: { PATH: process.env['PATH'], ...variables() } },
  );
  expect(stdout).toContain('ENOSPC');
  expect(stdout).toMatch(/ended with 1\n$/);
});

test('so many are kept, and the oldest goes', async () => {
  await take(4, { GATEFLEET_BACKUP_KEEP: '2' });
  expect((await readdir(at('backups'))).toSorted()).toEqual([nameOf(1), nameOf(4), 'notes'].toSorted());
});

test('a Consul that is not there is waited for, and named', async () => {
  const port = await freePort();
  const gone = { GATEFLEET_WAIT_SECONDS: '1' };
  const unreachable = () => readSnapshot({ addresses: [`http://127.0.0.1:${port}`] });
  await expect(take(5, gone, { readSnapshot: unreachable })).rejects.toMatchObject({ code: 'UNREACHABLE' });
});
