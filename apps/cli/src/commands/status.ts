import { findRunning } from '@gatefleet/local-cluster';
import { isWell, readStatuses, type EnvironmentStatus } from '../delivery/environment-status.ts';
import { openFleet } from '../delivery/open-fleet.ts';
import { environmentTable } from '../output/environment-table.ts';
import type { CommandResult } from '../output/result.ts';
import { table } from '../output/table.ts';
import { workspace } from '../workspace.ts';

/** What runs now. */
export interface Status {
  readonly environments: readonly EnvironmentStatus[];
  /** Where the local cluster offers things, if one runs and is what was asked about. */
  readonly local: { readonly kubeconfig: string; readonly ports: Readonly<Record<string, number>> } | undefined;
}

/** All environments side by side, as Argo CD and their clusters tell. @throws CliError, ArgoCdError */
export async function status(context: string | undefined, signal: AbortSignal): Promise<CommandResult<Status>> {
  const environments = await readStatuses(await openFleet({ context }), signal);
  const layout = workspace.cluster;
  const running = context === undefined ? await findRunning(layout.root) : undefined;
  const local = running && { kubeconfig: layout.kubeconfig, ports: running.ports };
  const offered = local && [
    '\n',
    table(
      ['OFFERED', 'AT'],
      [
        ['Kubernetes API', `KUBECONFIG=${local.kubeconfig}`],
        ['HTTP', `http://127.0.0.1:${local.ports.http}`],
        ['HTTPS', `https://127.0.0.1:${local.ports.https} (CA: ${layout.acmeRoot})`],
        ['Argo CD', `https://127.0.0.1:${local.ports.argocd}`],
        ['git', `http://127.0.0.1:${local.ports.git}/gatefleet.git (remote "local")`],
      ],
    ),
  ];
  return {
    value: { environments, local },
    text: [environmentTable(environments, new Date()), ...(offered ?? [])].join(''),
    exitCode: environments.length > 0 && environments.every(isWell) ? 0 : 1,
  };
}
