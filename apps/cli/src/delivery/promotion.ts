import { followedRevision, type Environment } from '@gatefleet/environment';
import type { Soak } from './soak.ts';

/** What a promotion would change on the branch of the environment that is promoted to. */
export type BranchChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'new' }
  /** The commit was promoted before, and the branch was brought back since. */
  | { readonly kind: 'rolled-back'; readonly promoted: string };

export type PromotionPlan =
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly reason: string; readonly until?: Date }
  | { readonly kind: 'promote'; readonly revision: string; readonly since: Date };

export interface PromotionQuestion {
  readonly from: Environment;
  readonly to: Environment;
  readonly change: BranchChange;
  readonly soak: Soak;
  /** Who paused `to`, when and why. */
  readonly paused: string | undefined;
}

/** Whether the commit that one environment runs may become another's. First match wins; the order is the policy. */
export function planPromotion({ from, to, change, soak, paused }: PromotionQuestion): PromotionPlan {
  const name = to.metadata.name;
  const wrong = wrongSource(from, to);
  if (wrong !== undefined) return { kind: 'refused', reason: wrong };
  if (change.kind === 'none') return { kind: 'same' };
  if (paused !== undefined) return { kind: 'refused', reason: `${name} is paused: ${paused}` };
  if (soak.kind === 'unproven') return { ...soak, kind: 'refused' };
  if (change.kind === 'rolled-back') {
    const short = change.promoted.slice(0, 10);
    const reason = `${name} was rolled back from it: push a commit that mends it, or bring it back as it was with \`gatefleet rollback ${name} --to ${short}\``;
    return { kind: 'refused', reason };
  }
  return { kind: 'promote', revision: soak.revision, since: soak.since };
}

/** Why nothing can be promoted from the one to the other; undefined where it can. */
export function wrongSource(from: Environment, to: Environment): string | undefined {
  const name = to.metadata.name;
  const source = to.spec.promotion?.from;
  if (source === undefined) {
    return `${name} follows ${followedRevision(to)}, which a push moves: only an environment with spec.promotion.from is promoted to`;
  }
  if (source === from.metadata.name) return undefined;
  return `${name} is promoted from ${source}, and not from ${from.metadata.name} (spec.promotion.from)`;
}
