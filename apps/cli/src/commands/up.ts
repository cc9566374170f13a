import { setTimeout as sleep } from 'node:timers/promises';
import { followedRevision, type Environment } from '@gatefleet/environment';
import { findRunning, startCluster, type Layout, type RunningCluster } from '@gatefleet/local-cluster';
import { CliError } from '../errors.ts';
import { gatewayTable } from '../output/fleet-tables.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { writeCatalogue } from '../up/catalogue.ts';
import { chosenEnvironments } from '../up/chosen-environments.ts';
import { planClusters, type PlannedCluster } from '../up/clusters.ts';
import { deploy, type Deployed } from '../up/deploy.ts';
import {
  addRemote,
  checkRemote,
  ensureBranches,
  headOf,
  prepareRepository,
  pushHead,
  removeRemote,
} from '../up/git-remote.ts';
import { mergeKubeconfigs } from '../up/merge-kubeconfigs.ts';
import { stopClusters } from '../up/stop-clusters.ts';
import { collectParts, type Parts } from '../up/tools.ts';
import { workspace } from '../workspace.ts';

export interface UpOptions {
  /** Names of environments, a cluster for each; left out, those of the clusters that run, or `local`. */
  readonly environments?: readonly string[];
  /** Nodes of each cluster, 1 to 9; left out, three, or two where there are several clusters. */
  readonly nodes?: number;
  /** Stay until interrupted, then end the cluster. */
  readonly foreground: boolean;
}

/** One environment in its cluster. */
export interface UpEnvironment extends Deployed {
  /** In the kubeconfig. */
  readonly context: string;
  readonly ports: RunningCluster['ports'];
  readonly curl: string;
}

/** The first environment, in whose cluster Argo CD is, and all of them. */
export interface Up extends UpEnvironment {
  readonly kubeconfig: string;
  readonly environments: readonly UpEnvironment[];
}

/**
 * Starts the local clusters that do not run yet, deploys the commit at HEAD to them by Argo CD, and proves that every gateway serves it.
 * An environment that is promoted to starts at HEAD too, and stays from then on where promotions bring it.
 * Interrupted, it ends the clusters if it has started them; some that ran before it leaves alone.
 */
export async function up(
  options: UpOptions,
  progress: Progress,
  toolProgress: Parameters<typeof collectParts>[0],
  print: (result: CommandResult<Up>) => void,
  signal: AbortSignal,
): Promise<void> {
  const { root, cluster: layout } = workspace;
  const head = await headOf(root);
  await checkRemote(root);
  const short = head.commit.slice(0, 10);
  const before = await findRunning(layout.root);
  const planned = planClusters(await wanted(options.environments, before), layout);
  if (head.dirty) progress.note(`note: uncommitted changes are not deployed; the cluster is brought to ${short}`);
  const parts = await collectParts({ ...toolProgress, signal });
  const nodes = options.nodes ?? (planned.length > 1 ? 2 : 3);
  try {
    const running: RunningCluster[] = [];
    for (const each of planned) {
      running.push(
        (await findRunning(each.layout.root)) ?? (await start(parts, planned, each, nodes, progress, signal)),
      );
    }
    const [home] = running;
    if (home === undefined) throw new Error('no cluster was planned');
    await mergeKubeconfigs(
      layout.kubeconfig,
      planned.slice(1).map((each) => each.layout.kubeconfig),
    );
    await addRemote(root, layout, home.ports.git);
    if (before !== undefined) await progress.step(`pushing ${short} to the cluster that runs`, () => pushHead(root));
    const branches = planned.map(({ environment }) => followedRevision(environment));
    const tips = await ensureBranches(root, layout, branches);
    const deployed = await deploy(parts, planned, tips, progress, signal);
    const environments = deployed.flatMap((each, i): UpEnvironment[] => {
      const { context, demoHost, layout: own } = planned[i] ?? {};
      const ports = running[i]?.ports;
      if (context === undefined || demoHost === undefined || own === undefined || ports === undefined) return [];
      const curl = `curl --cacert ${own.acmeRoot} --resolve ${demoHost}:${ports.https}:127.0.0.1 https://${demoHost}:${ports.https}/`;
      return [{ ...each, context, ports, curl }];
    });
    const [first] = environments;
    if (first === undefined) throw new Error('no environment was deployed');
    const value: Up = { ...first, kubeconfig: layout.kubeconfig, environments };
    print({ value, text: summary(value), exitCode: 0 });
  } catch (error) {
    if (signal.aborted && before === undefined) {
      await discard(layout);
      progress.note('the cluster that was begun is gone');
    } else progress.note('the cluster runs on: repeat `npm run up`, or end it with `npm run down`');
    throw error;
  }
  if (options.foreground) {
    progress.note('the cluster runs until Ctrl-C');
    await untilGone(layout, signal);
    await progress.step('ending the cluster', () => discard(layout));
    if (!signal.aborted) throw new CliError('NOT_RUNNING', 'running the cluster in the foreground: it ended by itself');
  }
}

/** @throws {@link CliError} `ENVIRONMENT_UNKNOWN`; `BAD_ARGUMENT` where clusters for others run. */
async function wanted(
  named: readonly string[] | undefined,
  running: RunningCluster | undefined,
): Promise<readonly Environment[]> {
  const names = named ?? running?.environments ?? ['local'];
  if (running !== undefined && running.environments.join() !== names.join()) {
    throw new CliError(
      'BAD_ARGUMENT',
      `starting clusters for ${names.join(', ')}: those for ${running.environments.join(', ')} run`,
      {
        hint: 'end them with `npm run down`',
      },
    );
  }
  return chosenEnvironments(names);
}

async function start(
  parts: Parts,
  planned: readonly PlannedCluster[],
  { environment, index, context, layout }: PlannedCluster,
  nodes: number,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunningCluster> {
  const { domains, store } = environment.spec;
  const step = planned.length === 1 ? 'cluster' : `cluster ${context}`;
  const { running, ids } = await progress.step(step, (say) => {
    let ready = 0;
    return startCluster({
      name: context,
      index,
      root: layout.root,
      nodes,
      environments: index === 0 ? planned.map((each) => each.environment.metadata.name) : [environment.metadata.name],
      zones: domains.filter((zone) => !zone.endsWith('.localhost')),
      storageClasses: [store.storageClass].filter((name) => name !== undefined && name !== 'local') as string[],
      peers: index === 0 ? planned.slice(1).map((each) => ({ name: each.context, root: each.layout.root })) : [],
      programs: parts.programs,
      apiProto: parts.apiProto,
      compileCache: parts.compileCache,
      prepareCatalogue: () => writeCatalogue(parts, layout, signal),
      prepareRepository: () => prepareRepository(workspace.root, layout),
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
  await stopClusters(layout);
  await removeRemote(workspace.root).catch(() => undefined);
}

function summary({ environments, kubeconfig }: Up): string {
  const several = environments.length > 1;
  const each = environments.map(({ environment, context, application, store, certificate, commit, curl }) => {
    const members = store.map(({ name, status }) => `${name} ${status}`).join(', ');
    return `${several ? `${environment}, in cluster ${context}\n\n` : ''}${gatewayTable(certificate)}
application  ${application.name}: ${application.sync}, ${application.health}, commit ${commit.slice(0, 10)}
store        ${members}
try          ${curl}
`;
  });
  return `
${each.join('\n')}${several ? '\n' : ''}kubectl      export KUBECONFIG=${kubeconfig}
deploy       git push local main
end          npm run down
`;
}

/** Until the cluster has ended or the signal aborts. */
async function untilGone(layout: Layout, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await findRunning(layout.root)) !== undefined) {
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
}
