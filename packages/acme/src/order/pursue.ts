import { AcmeError } from '../errors.ts';
import type { OrderState } from '../protocol/account.ts';
import { isLost } from '../protocol/repeat-read.ts';
import type { Order } from '../protocol/resources.ts';
import { authorize } from './authorize.ts';
import { whyInvalid } from './invalid.ts';
import type { PlacedOrder } from './place.ts';
import { createPoll } from './poll.ts';
import type { RunContext } from './run-context.ts';
import type { SavedOrder } from './saved-order.ts';

/** Requests of one order that may be lost in a run before it is put off. */
const MOST_LOST = 4;

/**
 * Takes a placed order to where the CA has issued, and gives the certificate's URL. What to do next is read from the CA each time, never
 * remembered, so it does not matter which run did what before, nor whether a request that timed out was carried out.
 */
export async function pursue(
  saved: SavedOrder,
  { record, state: first }: PlacedOrder,
  context: RunContext,
): Promise<string> {
  const { account, signal } = context;
  const poll = createPoll(context);
  let state = first;
  let isAuthorized = false;
  let isFinalized = false;
  let lost = 0;
  // What was sent and not answered may have been carried out: the order is read again, and tells whether to send it once more.
  const isLostOnce = (error: unknown) => isLost(error) && !signal.aborted && (lost += 1) <= MOST_LOST;
  for (;;) {
    const { order } = state;
    switch (order.status) {
      case 'pending':
        if (isAuthorized) break;
        isAuthorized = true;
        await authorize(saved, record, order, context).catch((error: unknown) => {
          if (!isLostOnce(error)) throw error;
          isAuthorized = false;
        });
        break;
      case 'ready':
        if (isFinalized) break;
        await context.reach('authorized', record.id);
        try {
          state = await finalize(record.orderUrl, order, record.csr, context);
        } catch (error) {
          if (!isLostOnce(error)) throw error;
          break;
        }
        isFinalized = true;
        await context.reach('finalized', record.id);
        poll.reached('issuance');
        if (state.order.status !== 'ready') continue;
        break;
      case 'processing':
        break;
      case 'valid':
        if (order.certificate === undefined)
          throw new AcmeError('CA_BROKEN', `reading order ${record.orderUrl}: valid, but no certificate`);
        poll.reached();
        await context.reach('issued', record.id);
        return order.certificate;
      case 'invalid':
        throw await whyInvalid(record.orderUrl, order, context);
    }
    await poll.wait(`waiting for order ${record.orderUrl}, which is ${order.status}`, state.retryAfter);
    state = await account.order(record.orderUrl, signal);
  }
}

/** Always with the saved request. When the CA says that it is not the time, an earlier finalize has been carried out: the order tells. */
async function finalize(url: string, order: Order, csr: string, { account, signal }: RunContext): Promise<OrderState> {
  try {
    return await account.finalize(order.finalize, csr, signal);
  } catch (error) {
    if (!(error instanceof AcmeError && error.type === 'urn:ietf:params:acme:error:orderNotReady')) throw error;
    return account.order(url, signal);
  }
}
