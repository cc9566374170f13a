import { buildAll, readRevision } from '@gatefleet/kustomize';
import { ensureTools } from '@gatefleet/toolchain';
import { z } from 'zod';
import type { ExpectedContainer } from './gateway-proof.ts';

const Workload = z.object({
  kind: z.enum(['Deployment', 'DaemonSet']),
  metadata: z.object({ name: z.literal('traefik') }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({
            name: z.string(),
            image: z.string(),
            command: z.array(z.string()).default([]),
            args: z.array(z.string()).default([]),
          }),
        ),
      }),
    }),
  }),
});

/**
 * The gateway's containers as an environment's overlay renders them at a commit.
 *
 * @throws KustomizeError, ToolchainError
 */
export async function gatewayContainersAt(
  root: string,
  environment: string,
  revision: string,
  signal: AbortSignal,
): Promise<readonly ExpectedContainer[]> {
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const { repository, close } = await readRevision(root, revision, { signal });
  try {
    const [result] = await buildAll(repository, [`overlays/${environment}`], { kustomize: kustomize.path, signal });
    if (result?.kind !== 'built') throw result?.error ?? new TypeError(`overlays/${environment} was not built`);
    const workloads = result.build.objects.flatMap(({ object }) => Workload.safeParse(object).data ?? []);
    return workloads[0]?.spec.template.spec.containers ?? [];
  } finally {
    await close();
  }
}
