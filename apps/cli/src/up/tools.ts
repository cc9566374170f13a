import { homedir } from 'node:os';
import { join } from 'node:path';
import { ensureAsset, ensureTools, type ToolName } from '@gatefleet/toolchain';
import { findSystemPrograms } from '../run-program.ts';

/** The pinned programs that a local cluster runs, and nothing beside them. */
export const clusterTools = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'cri-streaming',
  'coredns',
  'pebble',
  'kustomize',
  'argocd',
  'consul',
  'traefik',
  'go-httpbin',
  'metrics-server',
] as const satisfies readonly ToolName[];

/** What other projects publish and a cluster here has too. */
export type Addon = 'argocd' | 'metrics-server';

/** Everything on this machine that a cluster is started from. */
export interface Parts {
  readonly programs: Readonly<Record<string, string>>;
  readonly apiProto: string;
  /** Beside the programs' cache. */
  readonly compileCache: string;
  /** Folder of published manifests, by the name of the addon. */
  readonly manifests: Readonly<Record<Addon, string>>;
  readonly argocdScripts: string;
}

/** Finds the system programs, then finds or builds the pinned ones. @throws CliError `PROGRAM_MISSING`; ToolchainError */
export async function collectParts(options: Parameters<typeof ensureTools>[1]): Promise<Parts> {
  const system = await findSystemPrograms();
  const tools = await ensureTools(clusterTools, options);
  const programs: Record<string, string> = { ...system, node: process.execPath };
  for (const name of clusterTools) programs[name] = tools[name].path;
  return {
    programs,
    compileCache: join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'gatefleet', 'node'),
    apiProto: await ensureAsset('cri-api-proto'),
    manifests: {
      argocd: await ensureAsset('argocd-manifests'),
      'metrics-server': await ensureAsset('metrics-server-manifests'),
    },
    argocdScripts: await ensureAsset('argocd-hack'),
  };
}
