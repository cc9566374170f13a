import { createHash } from 'node:crypto';
import type { ResourceKind } from './resource-kind.ts';

/**
 * The number in [0, 1) that decides about the `index`-th request of a kind. It follows from these three alone, so how requests of several
 * kinds fall together does not matter.
 */
export function drawn(seed: number, kind: ResourceKind, index: number): number {
  const digest = createHash('sha256').update(`${seed} ${kind} ${index}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
