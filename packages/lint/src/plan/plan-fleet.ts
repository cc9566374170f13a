import { buildAll, readRepository } from '@gatefleet/kustomize';
import { buildInputs } from '../build-inputs.ts';
import { hostClaims, servingEnvironments } from '../input/deployment.ts';
import { readEnvironments } from '../input/lint-environment.ts';
import { plannedCertificates, plannedUse, type PlannedCertificate, type PlannedUse } from './planned-certificates.ts';

export interface PlanOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  /** Path of the kustomize program. */
  readonly kustomize: string;
  /** Names of environments; all when empty. */
  readonly environments?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onBuilt?: (done: number, of: number) => void;
}

export interface FleetPlan {
  readonly environments: readonly string[];
  readonly certificates: readonly PlannedCertificate[];
  readonly limits: readonly PlannedUse[];
  /** Kustomizations with Ingresses that no Application of the repository deploys, so that no environment is known for them. */
  readonly unplaced: readonly string[];
  /** Kustomizations that could not be rendered, and so were not looked into. */
  readonly failed: readonly { readonly leaf: string; readonly message: string }[];
}

/**
 * The certificates that the repository's Ingresses come to, and what they need of the limits of Let's Encrypt, as if none were there.
 *
 * @throws KustomizeError
 */
export async function planFleet(options: PlanOptions): Promise<FleetPlan> {
  const { root, kustomize, environments: only = [], signal, onBuilt } = options;
  const repository = await readRepository(root, { signal });
  const { valid: environments } = readEnvironments(repository);
  const built = await buildAll(repository, repository.leaves(), {
    kustomize,
    signal,
    ...(onBuilt !== undefined && { onBuilt }),
  });
  const builds = buildInputs(repository, built, environments);
  const fleet = { repository, builds, environments, stale: [], stagedVersions: new Set<string>(), now: new Date() };
  const serving = servingEnvironments(fleet);
  const unplaced = hostClaims(fleet).filter(({ build }) => serving(build).length === 0);
  const isChosen = (name: string) => only.length === 0 || only.includes(name);
  const all = plannedCertificates(fleet);
  return {
    environments: environments.map(({ name }) => name).filter(isChosen),
    certificates: all.filter(({ environment }) => isChosen(environment)),
    // Environments share the limits of a registered domain: the others' use counts too.
    limits: plannedUse(all).filter((use) => use.environments.some(isChosen)),
    unplaced: [...new Set(unplaced.map(({ build }) => build.build.folder))],
    failed: built.flatMap((result) =>
      result.kind === 'failed' ? [{ leaf: result.folder, message: result.error.message }] : [],
    ),
  };
}
