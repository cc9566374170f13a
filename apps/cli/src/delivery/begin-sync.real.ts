import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { environmentNamed } from '@gatefleet/environment/testing';
import { startArgoCd, type ArgoCdPrograms } from '@gatefleet/test-programs';
import { connectArgoCdCore, type Applications } from 'argocd-ts-client';
import { beginSync } from './begin-sync.ts';

jest.setTimeout(180_000);

const name = 'dev';
const environment = environmentNamed(name);
const signal = AbortSignal.timeout(170_000);

let argoCd: ArgoCdPrograms;
let applications: Applications;

beforeAll(async () => {
  argoCd = await startArgoCd();
  const { url: server, ca, tokens } = argoCd.kubernetes;
  applications = connectArgoCdCore({ server, token: tokens.get('admin'), tls: { ca } }).applications;
  await argoCd.apply(argoCd.application(name));
});
afterAll(async () => {
  await argoCd?.stop();
});

let revision: string;
beforeEach(async () => {
  revision = await argoCd.pushAll({
    [`${name}/first.yaml`]: JSON.stringify(neverReady),
    [`${name}/second.yaml`]: JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'second', annotations: { 'argocd.argoproj.io/sync-wave': '1' } },
      data: { now: String(performance.now()) },
    }),
  });
  await applications.get(name, { refresh: 'normal', signal });
});

/** No controller is here to make its Pods, so that the wave after it never comes. */
const neverReady = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'first' },
  spec: {
    selector: { matchLabels: { app: 'first' } },
    template: {
      metadata: { labels: { app: 'first' } },
      spec: { containers: [{ name: 'first', image: 'first' }] },
    },
  },
};
const chosen = [
  { group: 'apps', kind: 'Deployment', name: 'first' },
  { group: '', kind: 'ConfigMap', name: 'second' },
];

test.each([
  { what: 'some objects alone', options: { resources: chosen }, isEnded: true },
  { what: 'everything', options: {}, isEnded: false },
])('a sync of $what that waits for ever at the same commit is ended for one of everything: $isEnded', async (given) => {
  await applications.sync(name, { ...given.options, signal });
  const before = await underWay();
  await beginSync(applications, environment, revision, signal);
  const after = await underWay();
  expect(after.resources).toEqual([]);
  expect(after.startedAt !== before.startedAt).toBe(given.isEnded);
  await applications.terminate(name, { signal });
  while ((await applications.get(name, { signal })).operation !== undefined) await sleep(200, undefined, { signal });
});

/** The operation that Argo CD is at, once it is. */
async function underWay(): Promise<{ readonly startedAt: string; readonly resources: readonly object[] }> {
  for (;;) {
    const { operationState: state } = (await applications.get(name, { signal })).status ?? {};
    if (state?.phase === 'Running' && state.syncResult?.revision === revision && state.startedAt !== undefined)
      return { startedAt: state.startedAt, resources: state.operation?.sync?.resources ?? [] };
    await sleep(200, undefined, { signal });
  }
}
