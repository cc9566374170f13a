import type { Environment } from './environment.ts';

/** What an environment follows where it names nothing. */
export const mainBranch = 'main';

/** The branch of an environment that is promoted to: nothing but promotions and rollbacks moves it. */
export const promotionBranch = (environment: string): string => `environments/${environment}`;

/** Branch, tag or commit that Argo CD follows for an environment. */
export function followedRevision({ metadata, spec }: Pick<Environment, 'metadata' | 'spec'>): string {
  if (spec.promotion !== undefined) return promotionBranch(metadata.name);
  return spec.sync.revision ?? mainBranch;
}
