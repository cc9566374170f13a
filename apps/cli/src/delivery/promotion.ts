import type { Environment } from '@gatefleet/environment';
import type { Soak } from './soak.ts';

/** The only file that a promotion copies. */
export const versionFile = (environment: string): string => `overlays/${environment}/version/kustomization.yaml`;

export type PromotionPlan =
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly reason: string; readonly until?: Date }
  | { readonly kind: 'promote'; readonly revision: string; readonly since: Date };

export interface PromotionQuestion {
  readonly from: Environment;
  readonly to: Environment;
  /** Texts of both version files. */
  readonly versions: { readonly from: string; readonly to: string };
  readonly soak: Soak;
  /** Who paused `to`, when and why. */
  readonly paused: string | undefined;
}

/** Whether one environment's version may become another's. First match wins; the order is the policy. */
export function planPromotion({ from, to, versions, soak, paused }: PromotionQuestion): PromotionPlan {
  const name = to.metadata.name;
  const source = to.spec.promotion?.from;
  if (source !== undefined && source !== from.metadata.name) {
    const reason = `${name} is promoted from ${source}, and not from ${from.metadata.name} (spec.promotion.from)`;
    return { kind: 'refused', reason };
  }
  if (versions.from === versions.to) return { kind: 'same' };
  if (paused !== undefined) return { kind: 'refused', reason: `${name} is paused: ${paused}` };
  if (soak.kind === 'unproven') return { ...soak, kind: 'refused' };
  return { kind: 'promote', revision: soak.revision, since: soak.since };
}
