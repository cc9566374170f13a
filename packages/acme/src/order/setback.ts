import type { AcmeError, AcmeErrorCode } from '../errors.ts';
import { backoffMs } from '../plan/backoff.ts';
import type { OrderRecord, Problem } from '../records.ts';
import { removeChallenges } from './clean-up.ts';
import type { OrderOutcome } from './outcome.ts';
import type { OrderDeps } from './run-context.ts';
import type { SavedOrder } from './saved-order.ts';

/** `failed`: the attempt is over, the next begins anew. `postponed`: the same order goes on later. */
const SETBACK: Record<AcmeErrorCode, 'failed' | 'postponed'> = {
  UNREACHABLE: 'postponed',
  CA_BROKEN: 'postponed',
  RATE_LIMITED: 'postponed',
  TIMED_OUT: 'postponed',
  NOT_READY: 'postponed',
  HOST_ELSEWHERE: 'postponed',
  ACCOUNT_UNKNOWN: 'postponed',
  REFUSED: 'failed',
  ORDER_LOST: 'failed',
  CHALLENGE_FAILED: 'failed',
  BAD_NAME: 'failed',
  BAD_CERTIFICATE: 'failed',
  BAD_VALIDITY: 'failed',
};

/** Notes what went wrong and when to go on, and gives the outcome. */
export async function recordSetback(
  saved: SavedOrder,
  record: OrderRecord,
  error: AcmeError,
  deps: OrderDeps,
  signal: AbortSignal,
): Promise<OrderOutcome> {
  const { clock, random, epoch, ledger } = deps;
  const kind = SETBACK[error.code];
  const failures = record.failures + (kind === 'failed' ? 1 : 0);
  // Where the CA says until when to wait, nothing went wrong: how often it did so is no reason to wait longer.
  const isTold = error.code === 'RATE_LIMITED' && error.retryAfter !== undefined;
  const postponed = kind === 'failed' ? 0 : record.postponed + (isTold ? 0 : 1);
  const pause =
    kind === 'failed'
      ? backoffMs('spent', failures, random)
      : backoffMs(error.code === 'RATE_LIMITED' && !isTold ? 'spent' : 'unspent', Math.max(postponed, 1), random);
  const retryAt = new Date(Math.max(clock.now().getTime() + pause, error.retryAfter?.getTime() ?? 0));
  const problem = describeProblem(error);

  const note = { failures, postponed, problem, retryAt: retryAt.toISOString(), epoch };
  const { ca, id, names, startedAt } = record;
  const next: OrderRecord =
    kind === 'failed' ? { step: 'failed', ca, id, names, startedAt, ...note } : { ...record, ...note };
  // Counted first: what breaks off in between is counted twice rather than never.
  if (error.host !== undefined) await ledger.countFailure(error.host);
  await saved.save(next, signal);
  if (kind === 'failed') await removeChallenges(record, deps, signal);
  return { kind, problem, retryAt };
}

function describeProblem({ code, message, hint, type }: AcmeError): Problem {
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(type === undefined ? {} : { type }) };
}
