import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateReport } from '@gatefleet/certificate-report';
import { catalogueOf, startCluster, stopCluster, type Layout, type StartedCluster } from '@gatefleet/local-cluster';
import { connectArgoCdCore } from 'argocd-ts-client';
import { CliError } from '../errors.ts';
import { certificateFor, readCertificates, readStoreMembers, served, type StoreMember } from '../fleet.ts';
import { openKubernetes, type Kubernetes } from '../kubernetes.ts';
import { gatewayTable } from '../output/fleet-tables.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { runProgram } from '../run-program.ts';
import { applyFolder, installAddon, installArgoCd } from '../up/apply.ts';
import { addRemote, headOf, prepareRepository, removeRemote } from '../up/git-remote.ts';
import { collectParts, type Parts } from '../up/tools.ts';
import { workspace } from '../workspace.ts';

/** Environment that the local cluster is for, and the host that shows it works. */
const environment = 'local';
const demoHost = 'shop.gatefleet.localhost';
const arrivalTimeoutMs = 10 * 60_000;

export interface UpOptions {
  /** Nodes of the cluster, 1 to 9. */
  readonly nodes: number;
  /** Stay until interrupted, then end the cluster. */
  readonly foreground: boolean;
}

export interface Up {
  readonly commit: string;
  readonly application: { readonly name: string; readonly sync: string; readonly health: string };
  readonly store: readonly StoreMember[];
  readonly certificate: CertificateReport;
  readonly kubeconfig: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly curl: string;
}

/** Starts the local cluster, deploys the commit at HEAD to it by Argo CD, and proves that every gateway serves it. */
export async function up(
  { nodes, foreground }: UpOptions,
  progress: Progress,
  toolProgress: Parameters<typeof collectParts>[0],
  print: (result: CommandResult<Up>) => void,
  signal: AbortSignal,
): Promise<0 | 1> {
  const { root, cluster: layout } = workspace;
  const head = await headOf(root);
  if (head.dirty)
    progress.note(`note: uncommitted changes are not deployed; the cluster is brought to ${head.commit.slice(0, 10)}`);
  const parts = await collectParts({ ...toolProgress, signal });
  const cluster = await progress.step('cluster', async (say) => {
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
  if (cluster.ids === 'single') {
    progress.note(
      'note: this user has one id only (no range in /etc/subuid), so runAsUser and fsGroup cannot be honoured',
    );
  }
  try {
    const value = await deploy(parts, cluster, head.commit, progress, signal);
    print({ value, text: summary(value, layout), exitCode: 0 });
  } catch (error) {
    if (signal.aborted) await discard(layout);
    throw error;
  }
  if (foreground) {
    progress.note('the cluster runs until Ctrl-C');
    await Promise.race([cluster.ended, aborted(signal)]);
    await progress.step('ending the cluster', () => discard(layout));
  }
  return 0;
}

async function discard(layout: Layout): Promise<void> {
  await stopCluster(layout.root);
  await removeRemote(workspace.root).catch(() => undefined);
}

async function deploy(
  parts: Parts,
  cluster: StartedCluster,
  commit: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<Up> {
  const { layout, running } = cluster;
  await addRemote(workspace.root, layout, running.ports.git);
  const kubernetes = await openKubernetes(layout);
  await progress.step('Argo CD and metrics-server', async (say) => {
    say('installing');
    await Promise.all([installArgoCd(parts, layout, signal), installAddon('metrics-server', parts, layout, signal)]);
    await applyFolder(parts, layout, join(workspace.root, 'apps/argocd', environment), signal);
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(arrivalTimeoutMs)]);
  const arrival = progress.step(`environment ${environment} at ${commit.slice(0, 10)}`, async (say) => {
    const argocd = connectArgoCdCore({ server: kubernetes.server, tls: kubernetes.credentials });
    const result = await argocd.wait(environment, {
      revision: commit,
      patienceMs: 120_000,
      signal: limit,
      onProgress: (verdict) => {
        say(
          verdict.kind === 'waiting'
            ? `waiting for ${verdict.until}`
            : verdict.kind === 'failed'
              ? verdict.message
              : 'arrived',
        );
      },
    });
    if (result.kind === 'failed') {
      throw new CliError(
        'COMMAND_FAILED',
        `bringing environment ${environment} to ${commit.slice(0, 10)}: ${result.reason}: ${result.message}`,
        {
          hint: `look closer with KUBECONFIG=${layout.kubeconfig} kubectl -n gatefleet get pods,events`,
        },
      );
    }
    return result.application;
  });
  const [application] = await Promise.all([arrival, deployShop(parts, layout, kubernetes, limit)]);
  const certificate = await progress.step(`https://${demoHost} on every gateway`, (say) =>
    untilServed(kubernetes, say, limit),
  );
  return {
    commit,
    application: {
      name: application.metadata?.name ?? environment,
      sync: application.status?.sync?.status ?? 'Unknown',
      health: application.status?.health?.status ?? 'Unknown',
    },
    store: await readStoreMembers(kubernetes, signal),
    certificate,
    kubeconfig: layout.kubeconfig,
    ports: running.ports,
    curl: `curl --cacert ${layout.acmeRoot} --resolve ${demoHost}:${running.ports.https}:127.0.0.1 https://${demoHost}:${running.ports.https}/`,
  };
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

/** Bundles the controller and writes the catalogue that names every image. */
async function writeCatalogue(parts: Parts, layout: Layout, signal: AbortSignal): Promise<string> {
  const controllerBundle = join(layout.images, 'acme-controller', 'main.js');
  await runProgram(process.execPath, [join(workspace.root, 'apps/acme-controller/build.mjs'), controllerBundle], {
    signal,
  });
  const catalogue = await catalogueOf({
    program: (name) => {
      const path = parts.programs[name];
      if (path === undefined)
        throw new CliError('PROGRAM_MISSING', `writing the catalogue of images: there is no program ${name}`);
      return path;
    },
    argocdScripts: parts.argocdScripts,
    controllerBundle,
  });
  const file = join(layout.root, 'catalogue.json');
  await writeFile(file, JSON.stringify(catalogue, undefined, 2));
  return file;
}

async function untilServed(
  kubernetes: Kubernetes,
  say: (detail: string) => void,
  signal: AbortSignal,
): Promise<CertificateReport> {
  for (;;) {
    try {
      const certificate = certificateFor(await readCertificates(kubernetes, signal), demoHost);
      if (certificate === undefined) say('no certificate is asked for yet');
      else {
        const { by, of } = served(certificate);
        if (certificate.state === 'valid' && of > 0 && by === of) return certificate;
        say(`${certificate.state}, served by ${by} of ${of} gateways`);
      }
    } catch (error) {
      if (signal.aborted) throw error;
      say(error instanceof Error ? error.message : String(error));
    }
    await sleep(300, undefined, { signal });
  }
}

function summary(value: Up, layout: Layout): string {
  const members = value.store.map(({ name, status }) => `${name} ${status}`).join(', ');
  return `
${gatewayTable(value.certificate)}
application  ${value.application.name}: ${value.application.sync}, ${value.application.health}, commit ${value.commit.slice(0, 10)}
store        ${members}
kubectl      export KUBECONFIG=${layout.kubeconfig}
deploy       git push local main
try          ${value.curl}
end          npm run down
`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
