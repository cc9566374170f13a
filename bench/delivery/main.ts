/**
 * From `git push` to proof that every gateway runs the commit: a fresh clone, a cluster of its own, and commits one after the other, each
 * followed by `gatefleet wait`. First such that replace every gateway, then such that replace none.
 *
 *   node bench/delivery/main.ts --environment dev --rounds 5
 */
import { parseArgs } from 'node:util';
import { ensureTools } from '@gatefleet/toolchain';
import { connectArgoCdCore, type Application, type Applications } from 'argocd-ts-client';
import { commitEnvironment } from '../../test/support/change-environment.ts';
import { freshClone } from '../../test/support/clone.ts';
import { fleetOf, type Fleet } from '../../test/support/fleet.ts';
import { run } from '../../test/support/shell.ts';

const { values } = parseArgs({
  options: { environment: { type: 'string', default: 'dev' }, rounds: { type: 'string', default: '5' } },
});
const { environment } = values;
const { kubectl } = await ensureTools(['kubectl']);
await using stack = new AsyncDisposableStack();
const clone = await freshClone();
stack.defer(() => clone.remove());
const npm = (...args: string[]) => run('npm', ['run', '--silent', ...args], { cwd: clone.folder });
stack.defer(async () => {
  await npm('down');
});
const upped = await npm('up', '--', '--environments', environment);
if (upped.code !== 0) throw new Error(`up ended with ${String(upped.code)}\n${upped.stderr}`);
const fleet = fleetOf(clone.folder, kubectl.path);
const applications = await connect(fleet);

/** What a commit replaces, and the edit of environment.yaml that does it, another one each time. */
const edits = {
  'every gateway': (round: number) => (text: string) =>
    set(text, 'gateway', 'logLevel', round % 2 === 0 ? 'WARN' : 'INFO'),
  'no gateway': (round: number) => (text: string) => set(text, 'certificates', 'retention', `${20 + round}d`),
};

for (const [what, edit] of Object.entries(edits)) {
  const seconds: number[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    await commitEnvironment({ clone: clone.folder, fleet }, environment, edit(round));
    const commit = (await fleet.git('rev-parse', 'HEAD')).trim();
    const began = performance.now();
    const since = () => (performance.now() - began) / 1000;
    const stop = new AbortController();
    const stages = follow(commit, since, stop.signal);
    await fleet.git('push', '--quiet', 'local', 'main');
    const pushed = since();
    const waited = await fleet.gatefleet('wait', environment);
    const proven = since();
    stop.abort();
    if (waited.code !== 0) throw new Error(`wait ended with ${String(waited.code)}\n${waited.stdout}${waited.stderr}`);
    seconds.push(proven);
    const told = [['pushed', pushed], ...(await stages), ['proven', proven]] as [string, number][];
    console.log(`${what}, ${round + 1}: ${told.map(([name, at]) => `${name} ${at.toFixed(1)}`).join(', ')}`);
  }
  const rising = seconds.toSorted((a, b) => a - b);
  console.log(`${what}: median ${rising[Math.floor(rising.length / 2)]?.toFixed(1) ?? '-'} s of ${rising.length}`);
}

/** When Argo CD came to each stage of bringing the commit, in seconds, until the signal. */
async function follow(commit: string, since: () => number, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const reached = new Map<string, number>();
  const stages: Readonly<Record<string, (application: Application) => boolean>> = {
    compared: ({ status }) => status?.sync?.revision === commit,
    syncing: ({ status }) => status?.operationState?.operation?.sync?.revision === commit,
    synced: ({ status }) =>
      status?.operationState?.phase === 'Succeeded' && status.operationState.syncResult?.revision === commit,
    healthy: ({ status }) => reached.has('synced') && status?.health?.status === 'Healthy',
  };
  for await (const { application } of applications.watch({ name: environment, signal })) {
    for (const [name, isReached] of Object.entries(stages)) {
      if (isReached(application)) reached.set(name, reached.get(name) ?? since());
      // Healthy it was before, too.
      else if (name === 'healthy') reached.delete(name);
    }
  }
  return reached;
}

/** The Applications of the clone's cluster. */
async function connect({ kubectl: ask }: Fleet): Promise<Applications> {
  const config = JSON.parse(await ask('config', 'view', '--raw', '--minify', '-o', 'json')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
  };
  const pem = (data = '') => Buffer.from(data, 'base64').toString();
  const { server = '', 'certificate-authority-data': ca } = config.clusters[0]?.cluster ?? {};
  const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0]?.user ?? {};
  return connectArgoCdCore({ server, tls: { ca: pem(ca), cert: pem(cert), key: pem(key) } }).applications;
}

/** The text with the key below this part of `spec` set to the value. */
function set(text: string, part: string, key: string, value: string): string {
  const there = new RegExp(`^( {4}${key}: ).*$`, 'm');
  if (there.test(text)) return text.replace(there, `$1${value}`);
  return text.replace(new RegExp(`^ {2}${part}:$`, 'm'), `$&\n    ${key}: ${value}`);
}
