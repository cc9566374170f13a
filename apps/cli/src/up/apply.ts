import { randomBytes } from 'node:crypto';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addonsFolder, type Layout } from '@gatefleet/local-cluster';
import { runProgram } from '../run-program.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { Addon, Parts } from './tools.ts';

/** Installs another project's published manifests with our few patches. A second time changes nothing. */
export async function installAddon(addon: Addon, parts: Parts, layout: Layout, signal: AbortSignal): Promise<void> {
  const folder = join(layout.root, 'addons', addon);
  await mkdir(folder, { recursive: true });
  await cp(join(addonsFolder, addon), folder, { recursive: true });
  await cp(parts.manifests[addon], join(folder, 'published'), { recursive: true });
  await applyFolder(parts, layout, folder, signal);
}

/**
 * Installs Argo CD and waits until it can compare an Application with git: one that comes before is looked at again only
 * minutes later. The password of its cache is made here, since its own init container makes it too late for the other
 * Pods' first start, and kubelet pauses before a second one.
 */
export async function installArgoCd(
  kubernetes: Kubernetes,
  parts: Parts,
  layout: Layout,
  signal: AbortSignal,
): Promise<void> {
  const hasPassword = await kubernetes.read('/api/v1/namespaces/argocd/secrets/argocd-redis', signal).then(
    () => true,
    () => false,
  );
  if (!hasPassword) {
    await apply(
      parts,
      layout,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } },
          {
            apiVersion: 'v1',
            kind: 'Secret',
            metadata: { name: 'argocd-redis', namespace: 'argocd' },
            stringData: { auth: randomBytes(24).toString('base64url') },
          },
        ],
      }),
      signal,
    );
  }
  await installAddon('argocd', parts, layout, signal);
  for (const part of [
    'deployment/argocd-repo-server',
    'deployment/argocd-redis',
    'statefulset/argocd-application-controller',
  ]) {
    const args = ['--kubeconfig', layout.kubeconfig, '-n', 'argocd', 'rollout', 'status', part, '--timeout=5m'];
    await runProgram(parts.programs['kubectl'] ?? 'kubectl', args, { signal });
  }
}

/** Applies a kustomization with the user's own rights. */
export async function applyFolder(parts: Parts, layout: Layout, folder: string, signal: AbortSignal): Promise<void> {
  await apply(parts, layout, await renderFolder(parts, folder, signal), signal);
}

/** What a kustomization renders, YAML. */
export const renderFolder = ({ programs }: Parts, folder: string, signal: AbortSignal): Promise<string> =>
  runProgram(programs['kustomize'] ?? 'kustomize', ['build', folder], { signal });

/** Applies manifests, YAML or JSON, with the user's own rights. */
export async function apply(
  { programs }: Parts,
  { kubeconfig }: Layout,
  manifests: string,
  signal: AbortSignal,
): Promise<void> {
  const args = ['--kubeconfig', kubeconfig, 'apply', '--server-side', '--force-conflicts', '-f', '-'];
  await runProgram(programs['kubectl'] ?? 'kubectl', args, { signal, input: manifests });
}
