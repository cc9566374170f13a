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

/** By environment, what the commit says that its gateways' containers are. */
export type ExpectedGateways = ReadonlyMap<string, readonly ExpectedContainer[]>;

/**
 * The gateways' containers as environments' overlays render them at a commit. The commit is read once for all of them.
 *
 * @throws KustomizeError, ToolchainError
 */
export async function gatewaysAt(
  root: string,
  environments: readonly string[],
  revision: string,
  signal: AbortSignal,
): Promise<ExpectedGateways> {
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const { repository, close } = await readRevision(root, revision, { signal });
  try {
    const folders = environments.map((name) => `overlays/${name}`);
    const results = await buildAll(repository, folders, { kustomize: kustomize.path, signal });
    return new Map(
      environments.map((name, i) => {
        const result = results[i];
        if (result?.kind !== 'built') throw result?.error ?? new TypeError(`overlays/${name} was not built`);
        const workloads = result.build.objects.flatMap(({ object }) => Workload.safeParse(object).data ?? []);
        return [name, workloads[0]?.spec.template.spec.containers ?? []];
      }),
    );
  } finally {
    await close();
  }
}
