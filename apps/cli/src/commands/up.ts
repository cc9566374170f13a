import { setTimeout as sleep } from 'node:timers/promises';
import { findRunning, startCluster, stopCluster, type Layout, type RunningCluster } from '@gatefleet/local-cluster';
import { CliError } from '../errors.ts';
import { gatewayTable } from '../output/fleet-tables.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { writeCatalogue } from '../up/catalogue.ts';
import { demoHost, deploy, type Deployed } from '../up/deploy.ts';
import { addRemote, checkRemote, headOf, prepareRepository, pushHead, removeRemote } from '../up/git-remote.ts';
import { collectParts, type Parts } from '../up/tools.ts';
import { workspace } from '../workspace.ts';

export interface UpOptions {
  /** Nodes of the cluster, 1 to 9. */
  readonly nodes: number;
  /** Stay until interrupted, then end the cluster. */
  readonly foreground: boolean;
}

export interface Up extends Deployed {
  readonly kubeconfig: string;
  readonly ports: RunningCluster['ports'];
  readonly curl: string;
}

/**
 * Starts the local cluster unless it runs, deploys the commit at HEAD to it by Argo CD, and proves that every gateway
 * serves it. Interrupted, it ends the cluster that it has started; one that ran before it leaves alone.
 */
export async function up(
  { nodes, foreground }: UpOptions,
  progress: Progress,
  toolProgress: Parameters<typeof collectParts>[0],
  print: (result: CommandResult<Up>) => void,
  signal: AbortSignal,
): Promise<void> {
  const { root, cluster: layout } = workspace;
  const head = await headOf(root);
  await checkRemote(root);
  const short = head.commit.slice(0, 10);
  if (head.dirty) progress.note(`note: uncommitted changes are not deployed; the cluster is brought to ${short}`);
  const parts = await collectParts({ ...toolProgress, signal });
  const before = await findRunning(layout.root);
  const running = before ?? (await start(parts, nodes, progress, signal));
  try {
    await addRemote(root, layout, running.ports.git);
    if (before !== undefined) await progress.step(`pushing ${short} to the cluster that runs`, () => pushHead(root));
    const deployed = await deploy(parts, layout, head.commit, progress, signal);
    const curl = `curl --cacert ${layout.acmeRoot} --resolve ${demoHost}:${running.ports.https}:127.0.0.1 https://${demoHost}:${running.ports.https}/`;
    const value: Up = { ...deployed, kubeconfig: layout.kubeconfig, ports: running.ports, curl };
    print({ value, text: summary(value), exitCode: 0 });
  } catch (error) {
    if (signal.aborted && before === undefined) {
      await discard(layout);
      progress.note('the cluster that was begun is gone');
    } else progress.note('the cluster runs on: repeat `npm run up`, or end it with `npm run down`');
    throw error;
  }
  if (foreground) {
    progress.note('the cluster runs until Ctrl-C');
    await untilGone(layout, signal);
    await progress.step('ending the cluster', () => discard(layout));
    if (!signal.aborted) throw new CliError('NOT_RUNNING', 'running the cluster in the foreground: it ended by itself');
  }
}

async function start(parts: Parts, nodes: number, progress: Progress, signal: AbortSignal): Promise<RunningCluster> {
  const { root, cluster: layout } = workspace;
  const { running, ids } = await progress.step('cluster', (say) => {
    let ready = 0;
    return startCluster({
      root: layout.root,
      nodes,
      programs: parts.programs,
      apiProto: parts.apiProto,
      compileCache: parts.compileCache,
      prepareCatalogue: () => writeCatalogue(parts, layout, signal),
      prepareRepository: () => prepareRepository(root, layout),
      onComponent: (event, name, detail) => {
        if (event === 'ready') ready += 1;
        say(`${ready} components ready, ${name} ${detail ?? event}`);
      },
      signal,
    });
  });
  if (ids === 'single') {
    progress.note(
      'note: this user has one id only (no range in /etc/subuid): runAsUser and fsGroup cannot be honoured',
    );
  }
  return running;
}

async function discard(layout: Layout): Promise<void> {
  await stopCluster(layout.root);
  await removeRemote(workspace.root).catch(() => undefined);
}

function summary(value: Up): string {
  const members = value.store.map(({ name, status }) => `${name} ${status}`).join(', ');
  return `
${gatewayTable(value.certificate)}
application  ${value.application.name}: ${value.application.sync}, ${value.application.health}, commit ${value.commit.slice(0, 10)}
store        ${members}
kubectl      export KUBECONFIG=${value.kubeconfig}
deploy       git push local main
try          ${value.curl}
end          npm run down
`;
}

/** Until the cluster has ended or the signal aborts. */
async function untilGone(layout: Layout, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await findRunning(layout.root)) !== undefined) {
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
}
