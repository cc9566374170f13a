import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startArgoCd, type ArgoCdPrograms } from '@gatefleet/test-programs';
import { connectArgoCd, connectArgoCdCore, type Application, type ArgoCd, type ArgoCdCore } from './index.ts';

jest.setTimeout(180_000);

let argoCd: ArgoCdPrograms;
let overApi: ArgoCd;
let overKubernetes: ArgoCdCore;

beforeAll(async () => {
  argoCd = await startArgoCd();
  const { server, ca, password, kubernetes } = argoCd;
  // Argo CD's own certificate is for localhost.
  overApi = connectArgoCd({ server, tls: { ca, serverName: 'localhost' }, user: { name: 'admin', password } });
  const token = kubernetes.tokens.get('admin');
  overKubernetes = connectArgoCdCore({ server: kubernetes.url, token, tls: { ca: kubernetes.ca } });
});
afterAll(async () => {
  await argoCd?.stop();
});

const application = (name: string, project = 'default'): Application => ({
  metadata: { name },
  spec: {
    project,
    source: { repoURL: argoCd.repository, path: name, targetRevision: 'main' },
    destination: { server: argoCd.destination, namespace: 'default' },
  },
});
const configMap = (name: string, value: string, namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
});
const push = (name: string, value: string) => argoCd.push(`${name}/a.yaml`, JSON.stringify(configMap(name, value)));

const signal = () => AbortSignal.timeout(120_000);

describe.each([
  { way: 'api', connect: (): ArgoCdCore => overApi },
  { way: 'core', connect: () => overKubernetes },
])('through the $way', ({ way, connect }) => {
  test('an application is created, changed, synced, rolled back and deleted', async () => {
    const { applications } = connect();
    const name = `life-${way}`;
    const first = await push(name, 'one');
    await applications.create(application(name));
    const other = application(name);
    await expect(
      applications.create({ ...other, spec: { ...other.spec, revisionHistoryLimit: 3 } }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    const limited = { ...other.spec, revisionHistoryLimit: 3 };
    expect((await applications.create({ ...other, spec: limited }, { upsert: true })).spec?.revisionHistoryLimit).toBe(
      3,
    );

    await applications.patch(name, { metadata: { labels: { team: way } } });
    await applications.patch(name, [{ op: 'replace', path: '/spec/revisionHistoryLimit', value: 5 }]);
    const [labelled] = await applications.list({ selector: `team=${way}` });
    expect(labelled?.spec?.revisionHistoryLimit).toBe(5);
    const current = await applications.get(name);
    const updated = await applications.update({ ...current, spec: { ...current.spec, revisionHistoryLimit: 4 } });
    expect(updated.spec?.revisionHistoryLimit).toBe(4);

    await applications.sync(name, { revision: first, infos: [{ name: 'why', value: 'a test' }] });
    expect(await applications.wait(name, { revision: first, signal: signal() })).toMatchObject({ kind: 'arrived' });
    const second = await push(name, 'two');
    await applications.sync(name, { prune: true, strategy: { kind: 'apply' } });
    expect(await applications.wait(name, { revision: second, signal: signal() })).toMatchObject({ kind: 'arrived' });
    const history = await applications.history(name);
    expect(history.map(({ revision }) => revision)).toEqual([second, first]);

    await applications.rollback(name, { id: history[1]?.id ?? 0 });
    for await (const { application: seen } of applications.watch({ name, signal: signal() })) {
      if (seen.status?.operationState?.syncResult?.revision === first && seen.operation === undefined) break;
    }
    expect((await applications.history(name))[0]?.revision).toBe(first);
    await expect(applications.rollback(name, { id: 99 })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(applications.terminate(name)).rejects.toMatchObject({ code: 'INVALID' });
    expect(await applications.events(name)).toEqual(
      expect.arrayContaining([expect.objectContaining({ reason: 'OperationCompleted' })]),
    );

    const gone = (async () => {
      for await (const { type } of applications.watch({ name, signal: signal() })) if (type === 'deleted') return true;
      return false;
    })();
    // Nothing here collects garbage, as a deletion in the foreground needs.
    await applications.delete(name, { cascade: 'background' });
    expect(await gone).toBe(true);
  });

  test('many are waited for at once', async () => {
    const { applications } = connect();
    const names = Array.from({ length: 10 }, (_, i) => `many-${way}-${i}`);
    let commit = '';
    for (const name of names) commit = await push(name, 'one');
    for (const name of names) {
      const { spec, ...rest } = application(name);
      await applications.create({ ...rest, spec: { ...spec, syncPolicy: { automated: {} } } });
    }
    const results = await applications.waitAll(new Map(names.map((name) => [name, commit])), { signal: signal() });
    expect([...results.values()].map(({ kind }) => kind)).toEqual(names.map(() => 'arrived'));
  });

  test('a project and an application set are created, changed and deleted', async () => {
    const { projects, applicationSets } = connect();
    const name = `team-${way}`;
    await projects.create({ metadata: { name }, spec: { description: 'one' } });
    const project = await projects.get(name);
    await projects.update({ ...project, spec: { ...project.spec, description: 'two' } });
    expect((await projects.list()).find(({ metadata }) => metadata?.name === name)?.spec?.description).toBe('two');
    const set = {
      metadata: { name },
      spec: {
        goTemplate: true,
        generators: [{ list: { elements: [] } }],
        template: { metadata: { name: '{{ .name }}' }, spec: application('x', name).spec ?? {} },
      },
    };
    await applicationSets.create(set);
    expect((await applicationSets.list({ projects: [name] })).map(({ metadata }) => metadata?.name)).toEqual([name]);
    expect((await applicationSets.get(name)).spec?.goTemplate).toBe(true);
    await applicationSets.delete(name);
    await projects.delete(name);
    await expect(projects.get(name)).rejects.toMatchObject({ code: expect.stringMatching(/NOT_FOUND|FORBIDDEN/) });
  });
});

test('through the api, what is in git and in the cluster is shown and compared', async () => {
  const { applications } = overApi;
  const name = 'compared';
  const commit = await push(name, 'one');
  await applications.create(application(name));
  await applications.sync(name);
  await applications.wait(name, { revision: commit, signal: signal() });
  expect(await applications.manifests(name, { revision: commit })).toMatchObject([
    { kind: 'ConfigMap', data: { value: 'one' } },
  ]);
  const [managed] = await applications.managedResources(name, { kind: 'ConfigMap' });
  expect(JSON.parse(managed?.liveState ?? '')).toMatchObject({ data: { value: 'one' } });
  expect((await applications.resourceTree(name)).nodes).toMatchObject([{ kind: 'ConfigMap', name }]);
  expect(await applications.serverSideDiff(name)).toMatchObject([{ kind: 'ConfigMap', name, modified: false }]);
  const manifests = [configMap(name, 'changed'), configMap('added', 'new', 'default')];
  const [changed, added] = await applications.serverSideDiff(name, { manifests });
  expect(changed).toMatchObject({ name, modified: true });
  expect(JSON.parse(changed?.targetState ?? '')).toMatchObject({ data: { value: 'changed' } });
  expect(added).toMatchObject({ name: 'added', modified: true });
});

test('through Kubernetes alone, what only the API server has is UNSUPPORTED', async () => {
  const { applications, projects } = overKubernetes;
  for (const asked of [
    applications.manifests('x'),
    applications.managedResources('x'),
    applications.resourceTree('x'),
    applications.serverSideDiff('x'),
    projects.createToken('x', 'y'),
  ]) {
    await expect(asked).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  }
});

test('a token of a role may what the role may, until it is deleted', async () => {
  const { projects } = overApi;
  const policies = ['p, proj:tokens:reader, applications, get, tokens/*, allow'];
  await projects.create({ metadata: { name: 'tokens' }, spec: { roles: [{ name: 'reader', policies }] } });
  const token = await projects.createToken('tokens', 'reader', { id: 'ci', expiresInSeconds: 600 });
  const { server, ca } = argoCd;
  const reader = connectArgoCd({ server, tls: { ca, serverName: 'localhost' }, token });
  expect(await reader.accounts.canI('applications', 'get', 'tokens/x')).toBe(true);
  expect(await reader.accounts.canI('applications', 'sync', 'tokens/x')).toBe(false);
  await projects.deleteToken('tokens', 'reader', 'ci');
  await expect(reader.applications.list()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('an application set is previewed, and nothing is created', async () => {
  const { applications, applicationSets } = overApi;
  const preview = await applicationSets.preview({
    metadata: { name: 'previewed' },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ list: { elements: [{ name: 'p-1' }, { name: 'p-2' }] as never[] } }],
      template: { metadata: { name: '{{ .name }}' }, spec: application('x').spec ?? {} },
    },
  });
  expect(preview.map(({ metadata }) => metadata?.name)).toEqual(['p-1', 'p-2']);
  await expect(applications.get('p-1')).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('repositories, credentials, clusters, accounts and settings', async () => {
  const { repositories, repositoryCredentials, clusters, accounts, settings } = overApi;
  await repositories.create({ repo: argoCd.repository, type: 'git' });
  expect((await repositories.get(argoCd.repository)).connectionState?.status).toBe('Successful');
  expect((await repositories.list()).map(({ repo }) => repo)).toContain(argoCd.repository);
  await repositories.delete(argoCd.repository);
  expect((await repositories.list()).map(({ repo }) => repo)).not.toContain(argoCd.repository);

  const url = 'https://git.example.org/team';
  await repositoryCredentials.create({ url, username: 'ci', password: 'very-secret' });
  expect(await repositoryCredentials.list()).toMatchObject([{ url, username: 'ci' }]);
  expect(JSON.stringify(await repositoryCredentials.list())).not.toContain('very-secret');
  await repositoryCredentials.delete(url);
  expect(await repositoryCredentials.list()).toEqual([]);

  expect((await clusters.list()).map(({ name }) => name)).toContain('test');
  expect((await clusters.get({ name: 'test' })).server).toBe(argoCd.destination);
  expect((await clusters.get({ server: argoCd.destination })).name).toBe('test');

  expect((await accounts.list()).map(({ name }) => name)).toEqual(['admin']);
  expect(await accounts.get('admin')).toMatchObject({ enabled: true });
  expect(await accounts.canI('clusters', 'create')).toBe(true);
  expect((await settings()).appLabelKey).toBe('app.kubernetes.io/instance');
});
