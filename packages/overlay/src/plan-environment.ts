import type { Environment } from '@gatefleet/environment';
import type { Base } from './base.ts';
import type { RepositoryPlan } from './changes.ts';
import { planApplication } from './plan-application.ts';
import { initialVersion, versionFile } from './version.ts';
import { planOverlay } from './plan-overlay.ts';
import type { OverlayFacts } from './read-facts.ts';

/** Everything in the repository that is generated for an environment. @throws OverlayError `PATCH_TARGET_MISSING` */
export function planEnvironment(environment: Environment, base: Base, facts: OverlayFacts): RepositoryPlan {
  const overlay = `overlays/${environment.metadata.name}`;
  const argocd = `apps/argocd/${environment.metadata.name}`;
  return {
    files: new Map([
      ...[...planOverlay(environment, base, facts)].map(([path, text]): [string, string] => [
        `${overlay}/${path}`,
        text,
      ]),
      ...[...planApplication(environment, facts)].map(([path, text]): [string, string] => [`${argocd}/${path}`, text]),
    ]),
    initial: new Map([[`${overlay}/${versionFile}`, initialVersion(base)]]),
    owned: [`${overlay}/patches`, `${overlay}/config`, argocd],
  };
}
