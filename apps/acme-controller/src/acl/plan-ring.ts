import type { RingState } from '@gatefleet/consul-kv';

export interface RingStep {
  readonly kind: 'install' | 'use' | 'remove';
  readonly key: string;
}

/**
 * The next steps after which all servers have exactly these keys for gossip and use the first. One that is not with all of them yet is brought to
 * them before anything else: who has not the key that is used is cut off.
 */
export function planRing(
  [first, ...others]: readonly string[],
  { servers, keys, used }: RingState,
): readonly RingStep[] {
  if (first === undefined) return [];
  const wanted = [first, ...others];
  const missing = wanted.filter((key) => (keys.get(key) ?? 0) < servers);
  if (missing.length > 0) return missing.map((key) => ({ kind: 'install', key }));
  if ((used.get(first) ?? 0) < servers) return [{ kind: 'use', key: first }];
  return [...keys.keys()].filter((key) => !wanted.includes(key)).map((key) => ({ kind: 'remove', key }));
}
