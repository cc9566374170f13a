import { backoffMs } from '../plan/backoff.ts';
import type { Clock, Preflight } from '../ports.ts';
import type { OrderRecord, Problem } from '../records.ts';
import type { OrderOutcome } from './outcome.ts';
import type { SavedOrder } from './saved-order.ts';

export interface HoldBackOptions {
  readonly preflight: Preflight;
  /** Directory URL of the CA that would be asked. */
  readonly ca: string;
  readonly epoch: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** In a message; a certificate may have a hundred names. */
const MOST_TOLD = 3;

/**
 * Keeps names that lead elsewhere from the CA, which would count a failed attempt. Notes why and when to look again, which is soon: looking
 * costs nothing. `undefined` when all lead here.
 *
 * @throws StoreRefused, and the signal's reason
 */
export async function holdBack(
  saved: SavedOrder,
  names: readonly string[],
  { preflight, ca, epoch, clock, random }: HoldBackOptions,
  signal: AbortSignal,
): Promise<Extract<OrderOutcome, { kind: 'elsewhere' }> | undefined> {
  const leads = await Promise.all(names.map((name) => preflight.look(name, signal)));
  const astray = leads.filter((lead) => lead.kind === 'elsewhere');
  const [first] = astray;
  if (first === undefined) return undefined;

  const reasons = astray.slice(0, MOST_TOLD).map(({ reason }) => reason);
  const more = astray.length > MOST_TOLD ? [`and ${astray.length - MOST_TOLD} more hosts lead elsewhere`] : [];
  const problem: Problem = { code: 'HOST_ELSEWHERE', message: [...reasons, ...more].join('; '), hint: first.hint };
  const before = saved.record;
  const postponed = (before?.postponed ?? 0) + 1;
  const retryAt = new Date(clock.now().getTime() + backoffMs('unspent', postponed, random));
  const next: OrderRecord = {
    step: 'failed',
    ca,
    epoch,
    id: saved.id,
    names: [...names],
    startedAt: clock.now().toISOString(),
    failures: before?.ca === ca ? before.failures : 0,
    postponed,
    problem,
    retryAt: retryAt.toISOString(),
  };
  await saved.save(next, signal);
  return { kind: 'elsewhere', problem, retryAt };
}
