import { expect, test } from '@jest/globals';
import { readRepository } from '@gatefleet/kustomize';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { ArgoCdError, type Application, type Applications, type WaitResult } from 'argocd-ts-client';
import { applicationOf } from './application-of.ts';
import { sync } from './sync.ts';

const commit = 'f27cc3c8ba0123456789f27cc3c8ba0123456789';
const application: Application = { metadata: { name: 'dev' }, spec: {} };

/** An Argo CD that answers as it is told; not the real one. */
function argoCd(result: WaitResult, syncing: Promise<Application> = Promise.resolve(application)) {
  const asked: unknown[] = [];
  const applications: Pick<Applications, 'sync' | 'wait'> = {
    sync: (name, options = {}) => {
      asked.push(['sync', name, options.prune]);
      return syncing;
    },
    wait: async (name, { revision, onProgress }) => {
      asked.push(['wait', name, revision]);
      onProgress?.({ kind: 'waiting', until: 'the sync' }, application);
      return result;
    },
  };
  return { asked, applications };
}

const arrived: WaitResult = { kind: 'arrived', by: 'operation', application };
const degraded: WaitResult = { kind: 'failed', reason: 'Degraded', message: 'no Pod', mayRecover: true, application };

test.each<{ given: string; result: WaitResult; syncing?: Promise<Application>; then: boolean; says: string }>([
  { given: 'the commit arrives', result: arrived, then: true, says: 'dev at f27cc3c8ba: synced and healthy\n' },
  { given: 'it fails', result: degraded, then: false, says: 'dev at f27cc3c8ba: Degraded: no Pod\n' },
  {
    given: 'Argo CD is at it already',
    result: arrived,
    syncing: Promise.reject(new ArgoCdError('CONFLICT', 'syncing dev')),
    then: true,
    says: 'dev at f27cc3c8ba: synced and healthy\n',
  },
])('given $given, the task tells so', async ({ result, syncing, then, says }) => {
  const said: string[] = [];
  const { asked, applications } = argoCd(result, syncing);
  expect(await sync(applications, 'dev', commit, { prune: true }, (line) => said.push(line))).toBe(then);
  expect(said).toEqual(['waiting for the sync\n', says]);
  expect(asked).toEqual([
    ['sync', 'dev', true],
    ['wait', 'dev', commit],
  ]);
});

test('what Argo CD refuses is not waited for', async () => {
  const refused = Promise.reject(new ArgoCdError('FORBIDDEN', 'syncing dev'));
  const { asked, applications } = argoCd(arrived, refused);
  await expect(sync(applications, 'dev', commit, {}, () => undefined)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(asked).toHaveLength(1);
});

const named = (name: string, path: string) =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: ${name} }\nspec: { source: { path: ${path} } }\n`;

test('the Application of a folder is the one whose source it is', async () => {
  await using written = await writeFiles({
    'argocd/one.yaml': named('one', 'envs/one'),
    'argocd/two.yaml': named('two', 'envs/two'),
    'argocd/more.yaml': `${named('three', 'envs/both')}---\n${named('four', 'envs/both')}`,
  });
  const repository = await readRepository(written.root);
  expect(applicationOf(repository, 'envs/two')).toBe('two');
  expect(() => applicationOf(repository, 'envs/none')).toThrow('looking for who deploys envs/none: no Application in');
  expect(() => applicationOf(repository, 'envs/both')).toThrow('2 Applications (three, four)');
});
