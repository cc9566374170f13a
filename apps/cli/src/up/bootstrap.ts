import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@gatefleet/environment';
import { ensureAsset, ensureTools } from '@gatefleet/toolchain';
import { CliError } from '../errors.ts';
import { readKubeconfigs } from '../kubeconfig.ts';
import type { Kubernetes } from '../kubernetes.ts';
import { runProgram } from '../run-program.ts';
import { selfHealFolder, workspace } from '../workspace.ts';
import { ownClusterSecret } from './cluster-secrets.ts';
import { ownCluster } from './clusters.ts';

/** What `up --context` applies to a cluster, in this order. */
export interface Bootstrap {
  /** Argo CD as published; left out where there is one, which stays as it is. */
  readonly argocd: string | undefined;
  /** Registers the cluster under the name that an environment has for it; left out where Argo CD knows all names. */
  readonly cluster: string | undefined;
  /** What lets Argo CD undo more than changes of single objects; left out where Kubernetes is older than 1.36. */
  readonly selfHeal: string | undefined;
  /** AppProjects and Applications. */
  readonly environments: string;
}

const namespace = 'argocd';
const inArgoCd = `/namespaces/${namespace}`;
const policies = '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies?limit=1';

/**
 * Decides what a cluster lacks. Nothing is changed.
 *
 * @throws {@link CliError} `BAD_ARGUMENT` for environments of more than one cluster that its Argo CD does not know.
 */
export async function planBootstrap(
  kubernetes: Kubernetes,
  environments: readonly Environment[],
  signal: AbortSignal,
): Promise<Bootstrap> {
  const isThere = (path: string) =>
    kubernetes.read(path, signal).then(
      () => true,
      (error: unknown) => {
        if (error instanceof CliError && error.message.includes('status 404')) return false;
        throw error;
      },
    );
  const hasArgoCd = await isThere(`/apis/apps/v1${inArgoCd}/statefulsets/argocd-application-controller`);
  const known = hasArgoCd ? await knownClusters(kubernetes, signal) : [];
  const wanted = new Set(environments.map(({ spec }) => spec.cluster.name));
  const unknown = [...wanted].filter((name) => name !== ownCluster && !known.includes(name));
  const [own, another] = unknown;
  if (another !== undefined) {
    throw new CliError(
      'BAD_ARGUMENT',
      `bootstrapping ${kubernetes.context}: its Argo CD knows no cluster ${unknown.join(', ')}`,
      {
        hint: `one of them can be ${kubernetes.context} itself: name only its environment; add the others first with \`argocd cluster add CONTEXT --name NAME\``,
      },
    );
  }
  const hasPolicies = await isThere(policies);
  const { kustomize } = await ensureTools(['kustomize']);
  const render = (folder: string) => runProgram(kustomize.path, ['build', folder], { signal });
  const applications = await Promise.all(
    environments.map(({ metadata }) => render(join(workspace.root, 'apps/argocd', metadata.name))),
  );
  return {
    argocd: hasArgoCd ? undefined : await renderArgoCd(render),
    cluster: own === undefined ? undefined : JSON.stringify(ownClusterSecret(own)),
    selfHeal: hasPolicies ? await render(selfHealFolder) : undefined,
    environments: applications.join('\n---\n'),
  };
}

/** Carries the plan out with the user's own kubectl rights; a second time changes nothing. */
export async function applyBootstrap(context: string, plan: Bootstrap, signal: AbortSignal): Promise<void> {
  const { kubectl } = await ensureTools(['kubectl']);
  const run = (args: readonly string[], input?: string) =>
    runProgram(kubectl.path, [...contextArguments(context), ...args], {
      signal,
      ...(input !== undefined && { input }),
    });
  const apply = (manifests: string) => run(['apply', '--server-side', '-f', '-'], manifests);
  if (plan.argocd !== undefined) {
    await apply(plan.argocd);
    const established = ['--for=condition=Established', 'crd/applications.argoproj.io', 'crd/appprojects.argoproj.io'];
    await run(['wait', ...established, '--timeout=2m']);
  }
  if (plan.cluster !== undefined) await apply(plan.cluster);
  if (plan.selfHeal !== undefined) await apply(plan.selfHeal);
  await apply(plan.environments);
}

/** For kubectl. The local clusters' kubeconfig comes before the user's own, as everywhere. */
export function contextArguments(context: string): readonly string[] {
  const { kubeconfig } = workspace.cluster;
  const isLocal = existsSync(kubeconfig) && readKubeconfigs([kubeconfig]).names.includes(context);
  return [...(isLocal ? ['--kubeconfig', kubeconfig] : []), '--context', context];
}

async function knownClusters(kubernetes: Kubernetes, signal: AbortSignal): Promise<readonly string[]> {
  const label = encodeURIComponent('argocd.argoproj.io/secret-type=cluster');
  const list = await kubernetes.read(`/api/v1${inArgoCd}/secrets?labelSelector=${label}`, signal);
  return (list as { items: { data?: { name?: string } }[] }).items.map(({ data }) =>
    Buffer.from(data?.name ?? '', 'base64').toString(),
  );
}

async function renderArgoCd(render: (folder: string) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatefleet-argocd-'));
  try {
    await cp(join(await ensureAsset('argocd-manifests'), 'install.yaml'), join(folder, 'install.yaml'));
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await writeFile(join(folder, 'namespace.yaml'), JSON.stringify(object));
    const kustomization = { namespace, resources: ['namespace.yaml', 'install.yaml'] };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    return await render(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
