import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addonsFolder, type Layout } from '@gatefleet/local-cluster';
import { runProgram } from '../run-program.ts';
import type { Addon, Parts } from './tools.ts';

/** Installs another project's published manifests with our few patches. A second time changes nothing. */
export async function installAddon(addon: Addon, parts: Parts, layout: Layout, signal: AbortSignal): Promise<void> {
  const folder = join(layout.root, 'addons', addon);
  await mkdir(folder, { recursive: true });
  await cp(join(addonsFolder, addon), folder, { recursive: true });
  await cp(parts.manifests[addon], join(folder, 'published'), { recursive: true });
  await applyFolder(parts, layout, folder, signal);
}

/** Applies a kustomization with the user's own rights. */
export async function applyFolder(parts: Parts, layout: Layout, folder: string, signal: AbortSignal): Promise<void> {
  const { programs } = parts;
  const rendered = await runProgram(programs['kustomize'] ?? 'kustomize', ['build', folder], { signal });
  const args = ['--kubeconfig', layout.kubeconfig, 'apply', '--server-side', '--force-conflicts', '-f', '-'];
  await runProgram(programs['kubectl'] ?? 'kubectl', args, { signal, input: rendered });
}
