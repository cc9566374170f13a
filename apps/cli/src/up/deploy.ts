import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateReport } from '@gatefleet/certificate-report';
import type { Layout } from '@gatefleet/local-cluster';
import { connectArgoCdCore, type Application, type WaitVerdict } from 'argocd-ts-client';
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
import { workspace } from '../workspace.ts';
import { applyFolder, installAddon, installArgoCd } from './apply.ts';
import type { Parts } from './tools.ts';

/** Environment that the local cluster is for, and the host that shows it works. */
const environment = 'local';
export const demoHost = 'shop.gatefleet.localhost';

const arrivalTimeoutMs = 10 * 60_000;
/** Failures that may pass by themselves are watched this long: an autoscaler without a first measurement is one. */
const patienceMs = 60_000;

/** What runs once the environment has arrived. */
export interface Deployed {
  readonly commit: string;
  readonly application: { readonly name: string; readonly sync: string; readonly health: string };
  readonly store: readonly StoreMember[];
  readonly certificate: CertificateReport;
}

/** Brings a running cluster to a commit that its git remote has, and waits until every gateway serves it. */
export async function deploy(
  parts: Parts,
  layout: Layout,
  commit: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Deployed> {
  const kubernetes = await openKubernetes(layout);
  await progress.step('Argo CD and metrics-server', async () => {
    await Promise.all([
      installArgoCd(kubernetes, parts, layout, signal),
      installAddon('metrics-server', parts, layout, signal),
    ]);
    await applyFolder(parts, layout, join(workspace.root, 'apps/argocd', environment), signal);
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(arrivalTimeoutMs)]);
  const arrival = progress.step(`environment ${environment} at ${commit.slice(0, 10)}`, (say) =>
    untilArrived(kubernetes, layout, commit, say, limit),
  );
  const [{ metadata, status }] = await Promise.all([arrival, deployShop(parts, layout, kubernetes, limit)]);
  const certificate = await progress.step(`https://${demoHost} on every gateway`, (say) =>
    untilServed(kubernetes, say, limit),
  );
  return {
    commit,
    application: {
      name: metadata?.name ?? environment,
      sync: status?.sync?.status ?? 'Unknown',
      health: status?.health?.status ?? 'Unknown',
    },
    store: await readStoreMembers(kubernetes, signal),
    certificate,
  };
}

async function untilArrived(
  kubernetes: Kubernetes,
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
  const result = await applications.wait(environment, { revision: commit, patienceMs, signal, onProgress });
  if (result.kind === 'arrived') return result.application;
  throw new CliError(
    'COMMAND_FAILED',
    `bringing environment ${environment} to ${commit.slice(0, 10)}: ${result.reason}: ${result.message}`,
    { hint: `look closer with KUBECONFIG=${layout.kubeconfig} kubectl -n gatefleet get pods,events` },
  );
}

/**
 * What a team does, as soon as there are gateways to do it for. Kubernetes gives an Ingress the default class only when it
 * is made, so the class has to be there before.
 */
async function deployShop(parts: Parts, layout: Layout, kubernetes: Kubernetes, signal: AbortSignal): Promise<void> {
  const isThere = () =>
    kubernetes.read('/apis/networking.k8s.io/v1/ingressclasses/traefik', signal).then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await sleep(500, undefined, { signal });
  await applyFolder(parts, layout, join(workspace.root, 'apps/shop'), signal);
}

async function untilServed(kubernetes: Kubernetes, say: Say, signal: AbortSignal): Promise<CertificateReport> {
  for (;;) {
    try {
      const certificate = certificateFor(await readCertificates(kubernetes, signal), demoHost);
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
