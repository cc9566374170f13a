import type { Application } from './applications.ts';

/**
 * Whether `candidate` is a later state of the same object than `known`. Kubernetes promises ordered decimal versions;
 * for a version of another form any difference counts as later.
 */
export function isLater(candidate: Application, known: Application): boolean {
  const next = candidate.metadata?.resourceVersion ?? '';
  const last = known.metadata?.resourceVersion ?? '';
  return /^\d+$/.test(next) && /^\d+$/.test(last) ? BigInt(next) > BigInt(last) : next !== last;
}

/** Namespace and name: what tells one application from another. */
export function keyOf({ metadata }: Application): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}
