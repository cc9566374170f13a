import { isForgottenAccount } from '../account-keeper.ts';
import { AcmeError } from '../errors.ts';
import type { CertificateRecord, OrderRecord } from '../records.ts';
import type { OrderOutcome } from './outcome.ts';
import { place, type PlacedOrder } from './place.ts';
import { prepare } from './prepare.ts';
import { publish } from './publish.ts';
import { pursue } from './pursue.ts';
import type { OrderDeps, RunContext } from './run-context.ts';
import { withoutOrder, type Placed, type SavedOrder } from './saved-order.ts';
import { recordSetback } from './setback.ts';
import { StoreRefused } from './store-refused.ts';

/**
 * Begins an order for `names`, or goes on where `saved` stands, as far as it can get in the time that a run may take.
 * @throws the signal's reason when aborted; what the store or the publisher threw.
 */
export async function runOrder(
  saved: SavedOrder,
  names: readonly string[],
  deps: OrderDeps,
  signal: AbortSignal,
): Promise<OrderOutcome> {
  try {
    return await attempt(saved, names, deps, signal);
  } catch (error) {
    if (error instanceof StoreRefused) return { kind: error.kind };
    throw error;
  }
}

async function attempt(
  saved: SavedOrder,
  names: readonly string[],
  deps: OrderDeps,
  signal: AbortSignal,
): Promise<OrderOutcome> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deps.orderTimeoutMs)]);
  try {
    return { kind: 'issued', certificate: await obtain(saved, names, deps, limit) };
  } catch (error) {
    if (error instanceof StoreRefused) throw error;
    signal.throwIfAborted();
    const setback = limit.aborted ? timedOut(names, deps.orderTimeoutMs, error) : error;
    if (!(setback instanceof AcmeError) || saved.record === undefined) throw error;
    return recordSetback(saved, saved.record, setback, deps, signal);
  }
}

/** An account or an order that the CA forgot is made again, each once in a run. */
async function obtain(
  saved: SavedOrder,
  names: readonly string[],
  deps: OrderDeps,
  signal: AbortSignal,
): Promise<CertificateRecord> {
  const isUnderWay =
    saved.record !== undefined && saved.record.step !== 'failed' && saved.record.ca === deps.directoryUrl;
  if (!isUnderWay) await prepare(saved, names, deps, signal);

  let account = await deps.accounts.open(signal);
  let isNew = !isUnderWay;
  let hasReopened = false;
  let hasReplaced = false;
  for (;;) {
    try {
      const context: RunContext = { ...deps, account, signal };
      const placed = await placeOrRead(saved, isNew, context);
      const url = await pursue(saved, placed, context);
      return await publish(saved, placed.record, url, context);
    } catch (error) {
      if (isForgottenAccount(error) && !hasReopened) {
        hasReopened = true;
        account = await deps.accounts.reopen(account, signal);
      } else if (isLostOrder(error) && isPlaced(saved.record) && !hasReplaced) {
        hasReplaced = true;
        // Counted first: what breaks off in between is counted twice rather than never.
        await deps.ledger.spend(deps.ledger.needsOf(names));
        await saved.save(withoutOrder(saved.record, deps.epoch), signal);
        isNew = true;
      } else {
        throw error;
      }
    }
  }
}

async function placeOrRead(saved: SavedOrder, isNew: boolean, context: RunContext): Promise<PlacedOrder> {
  const { record } = saved;
  if (isPlaced(record)) return { record, state: await context.account.order(record.orderUrl, context.signal) };
  if (record?.step === 'prepared') return place(saved, record, isNew, context);
  throw new TypeError(`order ${saved.id} cannot be placed from step ${record?.step}`);
}

function isPlaced(record: OrderRecord | undefined): record is Placed {
  return record?.step === 'ordered' || record?.step === 'authorizing';
}

function isLostOrder(error: unknown): boolean {
  return error instanceof AcmeError && error.code === 'ORDER_LOST';
}

function timedOut(names: readonly string[], timeoutMs: number, cause: unknown): AcmeError {
  return new AcmeError('TIMED_OUT', `ordering a certificate for ${names.join(', ')}: not done in ${timeoutMs} ms`, {
    cause,
  });
}
