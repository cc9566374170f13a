import { createCsr } from '../keys/csr.ts';
import { generatePrivateKey } from '../keys/private-key.ts';
import type { OrderDeps } from './run-context.ts';
import type { Prepared, SavedOrder } from './saved-order.ts';

/** Makes key and request, and saves them before the CA hears of them. A new key for each certificate. */
export async function prepare(
  order: SavedOrder,
  names: readonly string[],
  deps: OrderDeps,
  signal: AbortSignal,
): Promise<void> {
  const privateKey = await generatePrivateKey();
  const prepared: Prepared = {
    step: 'prepared',
    ca: deps.directoryUrl,
    epoch: deps.epoch,
    id: order.id,
    names: [...names],
    startedAt: deps.clock.now().toISOString(),
    failures: order.record?.ca === deps.directoryUrl ? order.record.failures : 0,
    postponed: 0,
    privateKey,
    csr: await createCsr(names, privateKey),
  };
  await order.save(prepared, signal);
  await deps.reach('prepared', order.id);
}
