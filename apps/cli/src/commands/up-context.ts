import { followedRevision } from '@gatefleet/environment';
import { readEnvironments } from '../environments.ts';
import { openKubernetes } from '../kubernetes.ts';
import type { Ask } from '../output/ask.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { chosenEnvironments } from '../up/chosen-environments.ts';
import { applyBootstrap, planBootstrap } from '../up/bootstrap.ts';
import { branchLines, environmentBranches, makeBranches } from '../up/environment-branches.ts';
import { objectsIn, touchedText, type Touched } from '../up/touched.ts';
import { workspace } from '../workspace.ts';

export interface UpContextOptions {
  /** Of the local clusters' kubeconfig or the user's own. */
  readonly context: string;
  readonly environments: readonly string[] | undefined;
  /** Whether nobody is asked. */
  readonly yes: boolean;
  readonly ask: Ask;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export type UpContext =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'applied' | 'declined';
      readonly context: string;
      readonly server: string;
      readonly argocd: 'installed' | 'kept';
      readonly touched: readonly Touched[];
    };

/** Brings Argo CD and the Applications to a cluster that is there, once it has said what that touches and was told to. */
export async function upContext(options: UpContextOptions): Promise<CommandResult<UpContext>> {
  const { context, yes, ask, progress, signal } = options;
  if (options.environments === undefined)
    return refused('say which environments the cluster is for, with --environments');
  const environments = await chosenEnvironments(options.environments);
  const kubernetes = await openKubernetes(workspace.cluster, context);
  const plan = await progress.step(`looking at ${context}`, () => planBootstrap(kubernetes, environments, signal));
  const { argocd: published, cluster, selfHeal, environments: applications } = plan;
  const manifests = [published, cluster, selfHeal, applications].filter((each) => each !== undefined).join('\n---\n');
  const touched = objectsIn(manifests);
  const then = environments
    .map(
      ({ metadata, spec }) =>
        `  ${metadata.name}: ${followedRevision({ metadata, spec })} of ${spec.sync.repository} into namespace ${spec.namespace} of ${spec.cluster.name}${spec.sync.automated ? '' : ', at your sync'}`,
    )
    .join('\n');
  const branches = await progress.step('looking for branches', async () =>
    environmentBranches(workspace.root, environments, await readEnvironments(workspace.root)),
  );
  const made = branchLines(branches);
  const argocd = plan.argocd === undefined ? 'kept' : 'installed';
  progress.note(
    `context ${context}, ${kubernetes.server}\nArgo CD ${argocd === 'kept' ? 'is there and stays as it is' : 'is installed'}\napplies\n${touchedText(touched)}${made.length > 0 ? `makes\n${made.join('\n')}\n` : ''}and then Argo CD deploys\n${then}`,
  );
  const answer = yes ? 'yes' : await ask(`Apply this to ${context}?`);
  if (answer === 'unanswerable') return refused('nobody can be asked here: say --yes');
  const value = { context, server: kubernetes.server, argocd, touched } as const;
  if (answer === 'no') return { value: { kind: 'declined', ...value }, text: 'nothing was done\n', exitCode: 1 };
  await makeBranches(branches);
  await progress.step(`applying ${touched.length} objects`, () => applyBootstrap(context, plan, signal));
  const next = environments.map(
    ({ metadata }) => `follow       npm run gatefleet -- wait ${metadata.name} --context ${context}\n`,
  );
  return { value: { kind: 'applied', ...value }, text: next.join(''), exitCode: 0 };
}

function refused(reason: string): CommandResult<UpContext> {
  return { value: { kind: 'refused', reason }, text: `${reason}\n`, exitCode: 2 };
}
