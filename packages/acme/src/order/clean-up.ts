import type { AcmeStore } from '../ports.ts';
import type { OrderRecord } from '../records.ts';
import type { OrderDeps } from './run-context.ts';

/** Removes the challenges of an order that has ended. */
export async function removeChallenges(
  record: OrderRecord | undefined,
  { store, dns }: Pick<OrderDeps, 'store' | 'dns'>,
  signal: AbortSignal,
): Promise<void> {
  if (record?.step !== 'authorizing' || record.challenges.length === 0) return;
  const inDns = record.challenges.flatMap(({ host, keyAuthorization }) =>
    keyAuthorization === undefined ? [] : [{ host, keyAuthorization }],
  );
  // A record that stays proves nothing to anybody once its challenge is over.
  if (inDns.length > 0) return dns?.remove(inDns, signal).catch(() => undefined);
  const tokens = record.challenges.map(({ token }) => token);
  await store.challenges.remove(tokens, signal).catch(() => undefined); // what stays is harmless, and swept when it has expired
}

/** Removes challenges that a crash left behind and that the CA no longer asks for. Gives their number. For each new leader, and now and then. */
export async function sweepChallenges(store: AcmeStore, now: Date, signal: AbortSignal): Promise<number> {
  const expired = (await store.challenges.list(signal)).filter(
    ({ expiresAt }) => Date.parse(expiresAt) <= now.getTime(),
  );
  if (expired.length > 0)
    await store.challenges.remove(
      expired.map(({ token }) => token),
      signal,
    );
  return expired.length;
}
