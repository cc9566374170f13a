import { AcmeError } from '../errors.ts';
import { ariIdentifier } from '../keys/ari-identifier.ts';
import { certificateId } from '../keys/certificate-id.ts';
import type { OrderState } from '../protocol/account.ts';
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
  const placed = orphan ?? (await newOrder(record.names, context));
  await context.reach('order-placed', order.id);
  const saved = await order.save(ordered(record, placed.url, epoch), signal);
  await context.reach('order-saved', order.id);
  return { record: saved, state: placed };
}

/**
 * Says which certificate is to be replaced, which frees the order from the CA's rate limits. Where an earlier order has replaced it
 * already, or another account obtained it, it is an order like any other.
 *
 * @see RFC 9773, section 5
 */
async function newOrder(names: readonly string[], context: RunContext) {
  const { account, profile, store, directoryUrl, ledger, signal } = context;
  const id = certificateId(names);
  const old = (await store.certificates.load(id, signal))?.record;
  const replaces = old?.ca === directoryUrl ? ariIdentifier(old.chain) : undefined;
  try {
    return await account.newOrder({ names, profile, replaces }, signal);
  } catch (error) {
    if (replaces !== undefined && isAboutReplacing(error)) {
      await ledger.spend(ledger.needsOf(names));
      return account.newOrder({ names, profile }, signal);
    }
    await ledger.heed(error, id);
    throw error;
  }
}

/** Besides `alreadyReplaced` no CA has a type of its own for it, so what may be about it is taken to be. */
function isAboutReplacing(error: unknown): boolean {
  if (!(error instanceof AcmeError) || error.code !== 'REFUSED') return false;
  const type = error.type?.replace('urn:ietf:params:acme:error:', '') ?? '';
  return ['alreadyReplaced', 'unauthorized', 'malformed', 'conflict'].includes(type) || error.status === 404;
}
