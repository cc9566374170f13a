import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parts } from './tools.ts';
import { runProgram } from '../run-program.ts';
import { localArgocdFolder, type Layout } from '@gatefleet/local-cluster';

/** Installs Argo CD's published manifests. A second time changes nothing. */
export async function installArgoCd(parts: Parts, layout: Layout, signal: AbortSignal): Promise<void> {
  const folder = join(layout.root, 'argocd');
  await mkdir(folder, { recursive: true });
  await cp(localArgocdFolder, folder, { recursive: true });
  await cp(join(parts.argocdManifests, 'install.yaml'), join(folder, 'install.yaml'));
  const rendered = await runProgram(parts.programs['kustomize'] ?? 'kustomize', ['build', folder], { signal });
  await apply(parts, layout, ['-f', '-'], { signal, input: rendered });
}

/** Applies a kustomization of the repository with the user's own rights. */
export async function applyFolder(parts: Parts, layout: Layout, folder: string, signal: AbortSignal): Promise<void> {
  await apply(parts, layout, ['-k', folder], { signal });
}

async function apply(
  { programs }: Parts,
  { kubeconfig }: Layout,
  what: readonly string[],
  options: { signal: AbortSignal; input?: string },
): Promise<void> {
  const args = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--force-conflicts', ...what];
  await runProgram(programs['kubectl'] ?? 'kubectl', args, options);
}
