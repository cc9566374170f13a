import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readKubeconfigs, userKubeconfigs } from './kubeconfig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatefleet-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

/** A kubeconfig with a context `c` of this cluster and this user. */
const oneContext = (cluster: object, user: object | null, name = 'c') =>
  JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster: { server: 'https://one.example', ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const optionsOf = async (file: string) => readKubeconfigs([file]).find('c')?.options();

describe('a request is made with what the kubeconfig has of', () => {
  test.each([
    ['a CA in place', { 'certificate-authority-data': base64('CA') }, {}, { ca: 'CA' }],
    ['a CA in a file beside it', { 'certificate-authority': 'file.pem' }, {}, { ca: 'of the file' }],
    ['a name to expect in the certificate', { 'tls-server-name': 'two.example' }, {}, { servername: 'two.example' }],
    ['no check of the certificate', { 'insecure-skip-tls-verify': true }, {}, { rejectUnauthorized: false }],
    [
      'a client certificate in place',
      {},
      { 'client-certificate-data': base64('cert'), 'client-key-data': base64('key') },
      { cert: 'cert', key: 'key' },
    ],
    [
      'a client certificate in files',
      {},
      { 'client-certificate': 'file.pem', 'client-key': './file.pem' },
      { cert: 'of the file', key: 'of the file' },
    ],
    ['a token', {}, { token: 'secret' }, { headers: { Authorization: 'Bearer secret' } }],
    ['a token in a file', {}, { token: 'old', tokenFile: 'token' }, { headers: { Authorization: 'Bearer new' } }],
    ['a user and password', {}, { username: 'me', password: 'secret' }, { auth: 'me:secret' }],
    ['nobody', {}, null, {}],
  ])('%s', async (_, cluster, user, wanted) => {
    await write('file.pem', 'of the file');
    await write('token', 'new\n');
    expect(await optionsOf(await write('config', oneContext(cluster, user)))).toEqual(wanted);
  });

  test('a token file as it is now', async () => {
    const token = await write('token', 'first');
    const access = readKubeconfigs([await write('config', oneContext({}, { tokenFile: 'token' }))]).find('c');
    expect(await access?.options()).toEqual({ headers: { Authorization: 'Bearer first' } });
    await writeFile(token, 'second');
    expect(await access?.options()).toEqual({ headers: { Authorization: 'Bearer second' } });
  });

  test('a plugin, which is run', async () => {
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' };
    const plugin = await write(
      'plugin',
      `#!/bin/sh\necho '${JSON.stringify({ ...credential, status: { token: 'of the plugin' } })}'\n`,
    );
    await chmod(plugin, 0o755);
    const exec = { apiVersion: credential.apiVersion, command: plugin, interactiveMode: 'Never' };
    expect(await optionsOf(await write('config', oneContext({}, { exec })))).toMatchObject({
      headers: { Authorization: 'Bearer of the plugin' },
    });
  });

  test('a proxy, by an agent', async () => {
    const file = await write('config', oneContext({ 'proxy-url': 'http://proxy.example:3128' }, { token: 'secret' }));
    const access = readKubeconfigs([file]).find('c');
    expect(access?.isProxied).toBe(true);
    expect(await access?.options()).toMatchObject({
      agent: expect.anything(),
      headers: { Authorization: 'Bearer secret' },
    });
  });
});

test('YAML is read as JSON is', async () => {
  const file = await write(
    'config',
    'apiVersion: v1\nkind: Config\ncurrent-context: c\npreferences: {}\n' +
      'clusters:\n- name: a\n  cluster: { server: "https://one.example" }\n' +
      'users: []\ncontexts:\n- name: c\n  context: { cluster: a, user: nobody, namespace: x }\n',
  );
  const { names, current, find } = readKubeconfigs([file]);
  expect({ names, current, server: find('c')?.server }).toEqual({
    names: ['c'],
    current: 'c',
    server: 'https://one.example',
  });
});

test('of several files the first that has a name wins, and paths start from their own file', async () => {
  await mkdir(join(folder, 'other'));
  await write('other/token', 'other');
  const files = [
    await write('first', oneContext({ server: 'https://first.example' }, { token: 'first' })),
    await write('second', oneContext({ server: 'https://second.example' }, { token: 'second' })),
    await write('other/third', oneContext({}, { tokenFile: 'token' }, 'd')),
  ];
  const { names, current, find } = readKubeconfigs(files);
  expect({ names, current, server: find('c')?.server }).toEqual({
    names: ['c', 'd'],
    current: 'c',
    server: 'https://first.example',
  });
  expect(await find('d')?.options()).toEqual({ headers: { Authorization: 'Bearer other' } });
});

test('a context that is not there is none', async () => {
  expect(readKubeconfigs([await write('config', oneContext({}, {}))]).find('x')).toBeUndefined();
  expect(readKubeconfigs([await write('config', '')]).find('x')).toBeUndefined();
});

test.each([
  ['no YAML', ': {', 'config'],
  ['a list where names are expected', '{"contexts":[{"name":1}]}', 'contexts'],
  ['a cluster that is not there', '{"contexts":[{"name":"c","context":{"cluster":"b"}}]}', 'cluster b'],
])('a file with %s is refused, with its path and what is wrong', async (_, content, told) => {
  const file = await write('config', content);
  const read = () => readKubeconfigs([file]).find('c');
  expect(read).toThrow(expect.objectContaining({ code: 'KUBECONFIG_INVALID', message: expect.stringContaining(told) }));
  expect(read).toThrow(expect.objectContaining({ message: expect.stringContaining(file) }));
});

test('the user’s files are those of KUBECONFIG that exist', async () => {
  const file = await write('config', '');
  expect(userKubeconfigs({ KUBECONFIG: `${folder}/none::${file}` })).toEqual([file]);
});
