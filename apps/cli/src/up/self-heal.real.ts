import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startArgoCd, type ArgoCdPrograms } from '@gatefleet/test-programs';
import { ensureTools } from '@gatefleet/toolchain';
import { connectArgoCdCore, createFetch, type Applications, type Fetch } from 'argocd-ts-client';
import { parseAllDocuments } from 'yaml';
import { selfHealFolder } from '../workspace.ts';

jest.setTimeout(180_000);

const run = promisify(execFile);

let argoCd: ArgoCdPrograms;
let applications: Applications;
let send: Fetch;

beforeAll(async () => {
  argoCd = await startArgoCd();
  const { url: server, ca, tokens } = argoCd.kubernetes;
  applications = connectArgoCdCore({ server, token: tokens.get('admin'), tls: { ca } }).applications;
  send = createFetch({ ca });
  const { kustomize } = await ensureTools(['kustomize']);
  const { stdout } = await run(kustomize.path, ['build', selfHealFolder]);
  for (const document of parseAllDocuments(stdout)) await argoCd.apply(document.toJS() as object);
});
afterAll(async () => {
  await argoCd?.stop();
});

test.each([
  { application: 'ours', labels: { 'app.kubernetes.io/part-of': 'gatefleet' }, isHookRun: true },
  { application: 'of-others', labels: {}, isHookRun: false },
])('when an object is deleted by hand, hooks of $application are run again: $isHookRun', async (given) => {
  const { application: name, labels, isHookRun } = given;
  const [kept, hook] = [`${name}-kept`, `${name}-hook`];
  const hookOf = { 'argocd.argoproj.io/hook': 'Sync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' };
  const revision = await argoCd.pushAll({
    [`${name}/kept.yaml`]: configMap(kept, {}),
    [`${name}/hook.yaml`]: configMap(hook, hookOf),
  });
  await argoCd.apply(argoCd.application(name, { labels, syncPolicy: { automated: { selfHeal: true } } }));
  const signal = AbortSignal.timeout(120_000);
  expect(await applications.wait(name, { revision, signal })).toMatchObject({ kind: 'arrived' });
  expect(await ask('GET', hook)).toBe(200);

  await ask('DELETE', hook);
  await ask('DELETE', kept);
  while ((await ask('GET', kept)) !== 200) await sleep(200, undefined, { signal });
  expect(await applications.wait(name, { revision, signal })).toMatchObject({ kind: 'arrived' });
  expect(await ask('GET', hook)).toBe(isHookRun ? 200 : 404);
});

/** The status of the answer about a ConfigMap. */
async function ask(method: string, name: string): Promise<number> {
  const { url, tokens } = argoCd.kubernetes;
  const headers = { Authorization: `Bearer ${tokens.get('admin') ?? ''}` };
  const path = `/api/v1/namespaces/default/configmaps/${name}`;
  const { status, body } = await send(new Request(new URL(path, url), { method, headers }));
  await body?.cancel();
  return status;
}

const configMap = (name: string, annotations: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations }, data: { a: 'b' } });
