/**
 * How long `gatefleet status` takes with many Applications of a real Argo CD, as a command of its own: with as many environments as
 * Applications, each of a cluster of its own context, and with few.
 *
 *   node bench/applications/main.ts --applications 200 --rounds 5
 *
 * One API server without nodes stands for all clusters: what asks Pods, store and controller there is answered, and the answer is that
 * they are not there. It runs on the same machine; the command's own processor time says what a busy one would hide.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startArgoCd } from '@gatefleet/test-programs';
import { connectArgoCdCore } from 'argocd-ts-client';
import { writeCheckout } from './write-checkout.ts';

const { values } = parseArgs({
  options: { applications: { type: 'string', default: '200' }, rounds: { type: 'string', default: '5' } },
});
const count = Number(values.applications);
/** Linux has no other for what it tells in /proc. */
const ticksPerSecond = 100;
const repository = join(import.meta.dirname, '../..');
const folder = await mkdtemp(join(tmpdir(), 'gatefleet-bench-'));
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(folder, { recursive: true }));

const names = await writeCheckout(join(folder, 'many'), repository, count);
const few = (await writeCheckout(join(folder, 'few'), repository, 4)).length;
const argoCd = await startArgoCd();
stack.defer(() => argoCd.stop());
const { url, ca, tokens } = argoCd.kubernetes;
const token = tokens.get('admin') ?? '';

const revision = await argoCd.pushAll(Object.fromEntries(names.map((name) => [`${name}/a.yaml`, configMap(name)])));
const automated = { syncPolicy: { automated: {} } };
await argoCd.apply({ apiVersion: 'v1', kind: 'List', items: names.map((name) => argoCd.application(name, automated)) });
const { applications } = connectArgoCdCore({ server: url, token, tls: { ca } });
await applications.waitAll(new Map(names.map((name) => [name, revision])), { signal: AbortSignal.timeout(600_000) });

const kubeconfig = join(folder, 'kubeconfig');
await writeFile(kubeconfig, JSON.stringify(contexts(['argocd', ...names.map((name) => `cluster-${name}`)])), {
  mode: 0o600,
});
const listMs: number[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  const began = performance.now();
  await applications.list();
  listMs.push(performance.now() - began);
}
print(`list of ${count} through Kubernetes`, listMs);
for (const [root, environments] of [
  ['many', count],
  ['few', few],
] as const) {
  const tookMs: number[] = [];
  const processorMs: number[] = [];
  // Once more than is counted: the first has its files read from disk.
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const [began, used] = [performance.now(), await childrenMs()];
    await status(join(folder, root), environments);
    if (round > 0) {
      tookMs.push(performance.now() - began);
      processorMs.push((await childrenMs()) - used);
    }
    await sleep(500);
  }
  print(`status of ${environments} environments among ${count} Applications`, tookMs);
  print('  of which its own processor time', processorMs);
}

/** Runs the command, and holds what it printed against what there is. */
async function status(root: string, environments: number): Promise<void> {
  const args = [join(root, 'tools/bootstrap/src/main.mjs'), 'status', '--context', 'argocd', '--output', 'json'];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, KUBECONFIG: kubeconfig } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await new Promise((resolve) => child.once('close', resolve));
  const told = stdout === '' ? [] : (JSON.parse(stdout) as { environments: { sync: string }[] }).environments;
  if (told.length !== environments || told.some(({ sync }) => sync !== 'Synced'))
    throw new Error(`status told of ${told.length} environments: ${stdout.slice(0, 500)}\n${stderr}`);
}

/** Processor time of children that have ended, and of theirs. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function childrenMs(): Promise<number> {
  const fields = (await readFile('/proc/self/stat', 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * (1000 / ticksPerSecond);
}

function print(what: string, tookMs: readonly number[]): void {
  const rising = tookMs.toSorted((a, b) => a - b);
  const median = rising[Math.floor(rising.length / 2)] ?? Number.NaN;
  const all = rising.map((ms) => (ms / 1000).toFixed(2)).join(' ');
  console.log(`${what.padEnd(52)}  median ${(median / 1000).toFixed(2)} s  (${all})`);
}

function configMap(name: string): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { value: name } });
}

/** A kubeconfig with these contexts, all of the one API server. */
function contexts(wanted: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'bench', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'bench', user: { token } }],
    contexts: wanted.map((name) => ({ name, context: { cluster: 'bench', user: 'bench' } })),
  };
}
