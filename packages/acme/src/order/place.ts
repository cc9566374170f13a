import { AcmeError } from '../errors.ts';
import { ariIdentifier } from '../keys/ari-identifier.ts';
import { certificateId } from '../keys/certificate-id.ts';
import type { NewOrder, OrderState } from '../protocol/account.ts';
import type { CertificateRecord } from '../records.ts';
import { isReckonedFree } from '../schedule/plan-turns.ts';
import type { RunContext } from './run-context.ts';
import { ordered, type Placed, type Prepared, type SavedOrder } from './saved-order.ts';

export interface PlacedOrder {
  readonly record: Placed;
  readonly state: OrderState;
}

/**
 * Places a prepared order and saves its URL. An earlier run may have been broken off between the two: then the CA has the order and we
 * do not know its URL. So unless the order is `new` in this run, the account's list is looked through first. (A CA without that list
 * gives back the same pending order for the same names.)
 */
export async function place(
  order: SavedOrder,
  record: Prepared,
  isNew: boolean,
  context: RunContext,
): Promise<PlacedOrder> {
  const { epoch, signal } = context;
  // It can only be ours to go on with: there is one order at a time for a set of names, and without its URL nothing can have been finalized.
  const orphan = isNew ? undefined : await context.orphans.find(record.names, context.account, signal);
  const placed = orphan ?? (await newOrder(record, context));
  context.orphans.add(placed.url, record.names);
  await context.reach('order-placed', order.id);
  const saved = await order.save(ordered(record, placed.url, epoch), signal);
  await context.reach('order-saved', order.id);
  return { record: saved, state: placed };
}

/** How often a CA may fail over an order that replaces a certificate before it is asked for one that replaces none. */
const MOST_FAILURES = 3;
/** With less than this part of its life left, a certificate is replaced at any price. */
const LAST_OF_LIFE = 1 / 4;

/**
 * Says which certificate is to be replaced, which frees the order from the CA's rate limits. Where an earlier order has replaced it
 * already, or another account obtained it, it is an order like any other. So it is in the end where the CA fails over just that.
 *
 * @see RFC 9773, section 5
 */
async function newOrder({ names, postponed }: Prepared, context: RunContext) {
  const { account, profile, store, directoryUrl, ledger, clock, signal } = context;
  const id = certificateId(names);
  const old = (await store.certificates.load(id, signal))?.record;
  const mayReplace = old?.ca === directoryUrl && (await account.takesReplaces(signal));
  const replaces = mayReplace ? ariIdentifier(old.chain) : undefined;
  const unpaid = isReckonedFree(old, directoryUrl) ? ledger.needsOf(names) : [];
  if (replaces === undefined) return newOrderAtItsPrice({ names, profile }, unpaid, context);
  try {
    return await account.newOrder({ names, profile, replaces }, signal);
  } catch (error) {
    const isLate = postponed >= MOST_FAILURES || (old !== undefined && isEnding(old, clock.now()));
    if (isAboutReplacing(error) || (isLate && isOwnFailure(error))) {
      return newOrderAtItsPrice({ names, profile }, unpaid, context);
    }
    await ledger.heed(error, id);
    throw error;
  }
}

/**
 * What was reckoned to be free is counted before the CA is asked. A CA that answers with an error has made no order, and counted none.
 *
 * @param unpaid - what it costs and was not counted when it began
 */
async function newOrderAtItsPrice(
  order: NewOrder,
  unpaid: ReturnType<RunContext['ledger']['needsOf']>,
  { account, ledger, signal }: RunContext,
) {
  await ledger.spend(unpaid);
  try {
    return await account.newOrder(order, signal);
  } catch (error) {
    if (error instanceof AcmeError && error.type !== undefined) await ledger.giveBack(unpaid);
    await ledger.heed(error, certificateId(order.names));
    throw error;
  }
}

function isEnding({ notBefore, notAfter }: CertificateRecord, now: Date): boolean {
  const end = Date.parse(notAfter);
  return end - now.getTime() < (end - Date.parse(notBefore)) * LAST_OF_LIFE;
}

/** The CA itself says that it failed; it is not just out of reach. */
function isOwnFailure(error: unknown): boolean {
  return error instanceof AcmeError && error.code === 'CA_BROKEN' && error.type !== undefined;
}

/** Besides `alreadyReplaced` no CA has a type of its own for it, so what may be about it is taken to be. */
function isAboutReplacing(error: unknown): boolean {
  if (!(error instanceof AcmeError) || error.code !== 'REFUSED') return false;
  const type = error.type?.replace('urn:ietf:params:acme:error:', '') ?? '';
  return ['alreadyReplaced', 'unauthorized', 'malformed', 'conflict'].includes(type) || error.status === 404;
}
