import { findRunning } from '@gatefleet/local-cluster';
import type { CertificateReport } from '@gatefleet/certificate-report';
import { connectArgoCdCore } from 'argocd-ts-client';
import { CliError } from '../errors.ts';
import { readCertificates, readStoreMembers, served, type StoreMember } from '../fleet.ts';
import { openKubernetes } from '../kubernetes.ts';
import { certificateTable } from '../output/fleet-tables.ts';
import type { CommandResult } from '../output/result.ts';
import { table } from '../output/table.ts';
import { workspace } from '../workspace.ts';

/** What runs now, read from the cluster. */
export interface Status {
  readonly ports: Readonly<Record<string, number>>;
  readonly kubeconfig: string;
  readonly applications: readonly {
    readonly name: string;
    readonly sync: string;
    readonly health: string;
    readonly revision: string;
  }[];
  readonly store: readonly StoreMember[];
  readonly certificates: readonly CertificateReport[];
}

/** Reads the state of the local cluster. @throws CliError `NOT_RUNNING` */
export async function status(signal: AbortSignal): Promise<CommandResult<Status>> {
  const layout = workspace.cluster;
  const running = await findRunning(layout.root);
  if (running === undefined) {
    throw new CliError('NOT_RUNNING', 'reading the state of the local cluster: none runs', {
      hint: 'start one with `npm run up`',
    });
  }
  const kubernetes = await openKubernetes(layout);
  const argocd = connectArgoCdCore({ server: kubernetes.server, tls: kubernetes.credentials });
  const [applications, store, { certificates }] = await Promise.all([
    argocd.list({ signal }),
    readStoreMembers(kubernetes, signal),
    readCertificates(kubernetes, signal),
  ]);
  const value: Status = {
    ports: running.ports,
    kubeconfig: layout.kubeconfig,
    applications: applications.map(({ metadata, status: state }) => ({
      name: metadata?.name ?? '',
      sync: state?.sync?.status ?? 'Unknown',
      health: state?.health?.status ?? 'Unknown',
      revision: state?.sync?.revision ?? '',
    })),
    store,
    certificates,
  };
  const isWell =
    value.applications.every(({ sync, health }) => sync === 'Synced' && health === 'Healthy') &&
    store.every((member) => member.status === 'alive') &&
    certificates.every(
      (certificate) => certificate.state === 'retained' || served(certificate).by === served(certificate).of,
    );
  const text = [
    table(
      ['APPLICATION', 'SYNC', 'HEALTH', 'COMMIT'],
      value.applications.map(({ name, sync, health, revision }) => [name, sync, health, revision.slice(0, 10)]),
    ),
    table(
      ['STORE', 'ADDRESS', 'STATUS'],
      store.map(({ name, address, status: state }) => [name, address, state]),
    ),
    certificateTable({ certificates: [...certificates] }),
    table(
      ['OFFERED', 'AT'],
      [
        ['Kubernetes API', `KUBECONFIG=${layout.kubeconfig}`],
        ['HTTP', `http://127.0.0.1:${running.ports.http}`],
        ['HTTPS', `https://127.0.0.1:${running.ports.https} (CA: ${layout.acmeRoot})`],
        ['Argo CD', `https://127.0.0.1:${running.ports.argocd}`],
        ['git', `http://127.0.0.1:${running.ports.git}/gatefleet.git (remote "local")`],
      ],
    ),
  ].join('\n');
  return { value, text, exitCode: isWell ? 0 : 1 };
}
