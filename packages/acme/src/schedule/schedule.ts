import { refilled } from '@gatefleet/ca-limits';
import type { BucketName, Need } from '../ledger/bucket-name.ts';
import { tokenAt, type Buckets } from '../ledger/buckets.ts';
import type { FairShare } from './fair-share.ts';

/** A set of names that waits for an order. */
export interface Queued {
  readonly id: string;
  /** Who is served by it; of several, the first. */
  readonly namespace: string;
  /** Empty where the CA has no limits, or does not count this order. */
  readonly needs: readonly Need[];
}

/** Where something stands in the queue. */
export interface Turn {
  readonly id: string;
  /** 1 for the next. */
  readonly position: number;
  /** When the limits let it be ordered, as they are known; in milliseconds since 1970. Not before now. */
  readonly at: number;
  /** The limit that it waits for; undefined where it waits for none. */
  readonly bucket: BucketName | undefined;
}

export interface ScheduleOptions {
  readonly buckets: Buckets;
  /** What namespaces have had, as {@link countTurn} tells it. */
  readonly share: Pick<FairShare, 'level'>;
  readonly now: number;
}

/** The orders of an account, which all share. */
const everything = '';

/**
 * Whose turn it is, and when everybody's will be. Namespaces take turns, at the orders of the account and at those of each domain; among a
 * namespace's own comes first what uses the limit that is the fullest, for a full bucket wastes what comes back. Who waits for one limit
 * holds up nobody who does not.
 *
 * @returns all of `queued`, the next first.
 */
export function schedule(queued: readonly Queued[], { buckets, share, now }: ScheduleOptions): readonly Turn[] {
  const narrow = new Map<BucketName, number>();
  const ready = inFairOrder(queued, { buckets, share, now }).map((item) => {
    const waits = item.needs.filter(isNarrow).map((need) => turnAt(need, narrow, { buckets, now }));
    return { item, wait: latest(waits, now) };
  });
  // Sorting is stable: what is ready at the same time stays in fair order.
  ready.sort((a, b) => a.wait.at - b.wait.at);

  const wide = new Map<BucketName, number>();
  const turns = ready.map(({ item, wait }) => {
    const waits = item.needs.filter((need) => !isNarrow(need)).map((need) => turnAt(need, wide, { buckets, now }));
    return { id: item.id, ...latest([wait, ...waits], now) };
  });
  turns.sort((a, b) => a.at - b.at);
  return turns.map((turn, index) => ({ ...turn, position: index + 1 }));
}

/** An order was begun: the turn of its namespace is over. */
export function countTurn(share: FairShare, { namespace, needs }: Queued): void {
  share.count(everything, namespace);
  const domains = domainsOf(needs);
  if (domains !== '') share.count(domains, namespace);
}

interface Wait {
  readonly at: number;
  readonly bucket: BucketName | undefined;
}

/** What one domain or one set of names is limited by, rather than everybody. */
function isNarrow({ bucket }: Need): boolean {
  return bucket.includes('/');
}

function turnAt(
  need: Need,
  ahead: Map<BucketName, number>,
  { buckets, now }: Pick<ScheduleOptions, 'buckets' | 'now'>,
): Wait {
  const before = ahead.get(need.bucket) ?? 0;
  if (need.isSpent) ahead.set(need.bucket, before + 1);
  return { at: tokenAt(buckets, need, before, now), bucket: need.bucket };
}

function latest(waits: readonly Wait[], now: number): Wait {
  return waits.reduce<Wait>((last, wait) => (wait.at > last.at ? wait : last), { at: now, bucket: undefined });
}

/** Turns at everything; then, at the places that a domain got in these, turns at that domain. */
function inFairOrder(queued: readonly Queued[], options: ScheduleOptions): readonly Queued[] {
  const byDomain = Map.groupBy(queued, ({ needs }) => domainsOf(needs));
  const places = turnsAtEverything(queued, options);
  const next = new Map([...byDomain].map(([domains, items]) => [domains, turnsAt(domains, items, options).values()]));
  return places.map((domains) => next.get(domains)?.next().value).filter((item) => item !== undefined);
}

/** The domains of each in turn, so that no namespace and no domain is left behind. */
function turnsAtEverything(queued: readonly Queued[], options: ScheduleOptions): readonly string[] {
  const taken = new Map<BucketName, number>();
  const lanes = lanesOf(everything, queued, options).map((lane) => ({
    ...lane,
    groups: [...Map.groupBy(lane.items, ({ needs }) => domainsOf(needs))].map(([domains, items]) => ({
      domains,
      need: items[0]?.needs.find(isDomain),
      left: items.length,
    })),
  }));
  const order: string[] = [];
  while (order.length < queued.length) {
    const lane = lanes.reduce((least, each) => (each.level < least.level ? each : least));
    const tokens = (need: Need | undefined) => tokensLeft(need, taken, options);
    const group = lane.groups.reduce((best, each) => (tokens(each.need) > tokens(best.need) ? each : best));
    order.push(group.domains);
    if (group.need !== undefined) taken.set(group.need.bucket, (taken.get(group.need.bucket) ?? 0) + 1);
    lane.level += 1;
    group.left -= 1;
    if (group.left === 0) lane.groups.splice(lane.groups.indexOf(group), 1);
    if (lane.groups.length === 0) lanes.splice(lanes.indexOf(lane), 1);
  }
  return order;
}

function turnsAt(what: string, queued: readonly Queued[], options: ScheduleOptions): readonly Queued[] {
  const lanes = lanesOf(what, queued, options).flatMap(({ level, items }) =>
    items.map((item, index) => ({ item, turn: level + index })),
  );
  return lanes.sort((a, b) => a.turn - b.turn).map(({ item }) => item);
}

function lanesOf(what: string, queued: readonly Queued[], { share }: ScheduleOptions) {
  return [...Map.groupBy(queued, ({ namespace }) => namespace)].map(([namespace, items]) => ({
    level: share.level(what, namespace),
    items,
  }));
}

function isDomain({ bucket }: Need): boolean {
  return bucket.startsWith('domain/');
}

function domainsOf(needs: readonly Need[]): string {
  return needs
    .filter(isDomain)
    .map(({ bucket }) => bucket)
    .join(' ');
}

function tokensLeft(
  need: Need | undefined,
  taken: ReadonlyMap<BucketName, number>,
  { buckets, now }: ScheduleOptions,
): number {
  if (need === undefined) return Infinity;
  const state = buckets.get(need.bucket);
  const tokens = state === undefined ? need.limit.capacity : refilled(need.limit, state, now).tokens;
  return tokens - (taken.get(need.bucket) ?? 0);
}
