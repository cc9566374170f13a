import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateReport } from '@gatefleet/certificate-report';
import { followedRevision, type Environment } from '@gatefleet/environment';
import type { Layout } from '@gatefleet/local-cluster';
import { connectArgoCdCore, type Application, type WaitVerdict } from 'argocd-ts-client';
import { isBusy } from '../delivery/arrive.ts';
import { CliError } from '../errors.ts';
import {
  certificateFor,
  countGateways,
  readCertificates,
  readStoreMembers,
  served,
  type StoreMember,
} from '../fleet.ts';
import { openKubernetes, type Kubernetes } from '../kubernetes.ts';
import type { Progress, Say } from '../output/progress.ts';
import { selfHealFolder, workspace } from '../workspace.ts';
import { apply, applyFolder, installAddon, installArgoCd, renderFolder } from './apply.ts';
import { clusterSecrets } from './cluster-secrets.ts';
import type { PlannedCluster } from './clusters.ts';
import { repositoryInside } from './git-remote.ts';
import type { Parts } from './tools.ts';

/** The host that the shop's own manifests have. */
const shopHost = 'shop.gatefleet.localhost';

const arrivalTimeoutMs = 20 * 60_000;
/** Failures that may pass by themselves are watched this long: an autoscaler without a first measurement is one. */
const patienceMs = 60_000;

/** What runs once the environment has arrived. */
export interface Deployed {
  readonly environment: string;
  readonly commit: string;
  readonly application: { readonly name: string; readonly sync: string; readonly health: string };
  readonly store: readonly StoreMember[];
  readonly certificate: CertificateReport;
}

/**
 * Brings running clusters to commits that the first one's git remote has, and waits until every gateway serves them. Argo CD runs in the
 * first and deploys to all.
 *
 * @param tips - where the remote's branches are.
 */
export async function deploy(
  parts: Parts,
  planned: readonly PlannedCluster[],
  tips: ReadonlyMap<string, string>,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly Deployed[]> {
  const [home] = planned;
  if (home === undefined) throw new Error('there is no cluster to deploy to');
  const { layout } = home;
  const argocd = await openKubernetes(layout);
  await progress.step('Argo CD and metrics-server', async () => {
    await Promise.all([
      installArgoCd(argocd, parts, layout, signal),
      ...planned.map((each) => installAddon('metrics-server', parts, each.layout, signal)),
    ]);
    await applyFolder(parts, layout, selfHealFolder, signal);
    for (const secret of await clusterSecrets(planned)) await apply(parts, layout, JSON.stringify(secret), signal);
    for (const { environment } of planned) {
      const folder = join(workspace.root, 'apps/argocd', environment.metadata.name);
      const rendered = await renderFolder(parts, folder, signal);
      await apply(parts, layout, rendered.replaceAll(environment.spec.sync.repository, repositoryInside), signal);
    }
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(arrivalTimeoutMs)]);
  return Promise.all(
    planned.map((each) => {
      const commit = tips.get(followedRevision(each.environment));
      if (commit === undefined) throw new TypeError(`no branch for ${each.environment.metadata.name}`);
      return deployOne(parts, argocd, each, commit, progress, limit);
    }),
  );
}

async function deployOne(
  parts: Parts,
  argocd: Kubernetes,
  { environment, layout, context, demoHost }: PlannedCluster,
  commit: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Deployed> {
  const { name } = environment.metadata;
  const kubernetes = await openKubernetes(layout, context);
  const arrival = progress.step(`environment ${name} at ${commit.slice(0, 10)}`, (say) =>
    untilArrived(argocd, environment, layout, commit, say, signal),
  );
  const [{ metadata, status }] = await Promise.all([arrival, deployShop(parts, layout, demoHost, kubernetes, signal)]);
  const certificate = await progress.step(`https://${demoHost} on every gateway`, (say) =>
    untilServed(kubernetes, demoHost, say, signal),
  );
  return {
    environment: name,
    commit,
    application: {
      name: metadata?.name ?? name,
      sync: status?.sync?.status ?? 'Unknown',
      health: status?.health?.status ?? 'Unknown',
    },
    store: await readStoreMembers(kubernetes, signal),
    certificate,
  };
}

async function untilArrived(
  kubernetes: Kubernetes,
  { metadata: { name }, spec }: Environment,
  layout: Layout,
  commit: string,
  say: Say,
  signal: AbortSignal,
): Promise<Application> {
  const { applications } = connectArgoCdCore({ server: kubernetes.server, tls: kubernetes.credentials });
  const onProgress = (verdict: WaitVerdict) => {
    if (verdict.kind === 'waiting') say(`waiting for ${verdict.until}`);
    if (verdict.kind === 'failed') say(verdict.message);
  };
  // Where a person starts each sync, asking for this environment here has been that.
  if (!spec.sync.automated) {
    await applications.sync(name, { revision: commit, prune: spec.sync.prune, signal }).catch((error: unknown) => {
      if (!isBusy(error)) throw error;
    });
  }
  const result = await applications.wait(name, { revision: commit, patienceMs, signal, onProgress });
  if (result.kind === 'arrived') return result.application;
  throw new CliError(
    'COMMAND_FAILED',
    `bringing environment ${name} to ${commit.slice(0, 10)}: ${result.reason}: ${result.message}`,
    { hint: `look closer with KUBECONFIG=${layout.kubeconfig} kubectl -n gatefleet get pods,events` },
  );
}

/**
 * What a team does, as soon as there are gateways to do it for. Kubernetes gives an Ingress the default class only when it
 * is made, so the class has to be there before.
 */
async function deployShop(
  parts: Parts,
  layout: Layout,
  host: string,
  kubernetes: Kubernetes,
  signal: AbortSignal,
): Promise<void> {
  const isThere = () =>
    kubernetes.read('/apis/networking.k8s.io/v1/ingressclasses/traefik', signal).then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await sleep(500, undefined, { signal });
  const shop = await renderFolder(parts, join(workspace.root, 'apps/shop'), signal);
  await apply(parts, layout, shop.replaceAll(shopHost, host), signal);
}

async function untilServed(
  kubernetes: Kubernetes,
  host: string,
  say: Say,
  signal: AbortSignal,
): Promise<CertificateReport> {
  for (;;) {
    try {
      const certificate = certificateFor(await readCertificates(kubernetes, signal), host);
      if (certificate === undefined) say('no certificate is asked for yet');
      else {
        const { by, of } = served(certificate);
        const gateways = await countGateways(kubernetes, signal);
        if (certificate.state === 'valid' && by > 0 && by === of && of === gateways) return certificate;
        say(`${certificate.state}, served by ${by} of ${gateways} gateways`);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      say(error instanceof Error ? error.message : String(error));
    }
    await sleep(300, undefined, { signal });
  }
}
