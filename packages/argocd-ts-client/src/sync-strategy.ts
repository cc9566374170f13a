import type { SyncOptions } from './applications.ts';
import type { components } from './generated/argocd.ts';

export function syncStrategyOf({
  kind,
  force = false,
}: NonNullable<SyncOptions['strategy']>): components['schemas']['v1alpha1SyncStrategy'] {
  return kind === 'apply' ? { apply: { force } } : { hook: { syncStrategyApply: { force } } };
}
