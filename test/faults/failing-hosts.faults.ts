import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();
/** As the stand has it. */
const ORDERS_AT_ONCE = 32;

test('hosts that always fail hold up no others', async () => {
  const at = await open({ nonceReject: 15 });
  const bad = hostsOf(isLong ? 300 : 60, 'bad');
  const good = hostsOf(isLong ? 100 : 20, 'good');
  for (const host of bad) await at.leadAstray(host);
  await at.want(bad, 'careless');
  await at.want(good, 'careful');
  await at.startReplica(0);
  await at.untilPublished(good, PATIENCE_MS);
  const orders = at.proxy.journal.orders().map(({ names: [name = ''] }) => name);
  const lastGood = orders.findLastIndex((name) => good.includes(name));
  const badBefore = orders.slice(0, lastGood).filter((name) => bad.includes(name)).length;
  // Turn by turn between the two namespaces, as far as what is under way at once allows.
  expect(badBefore).toBeLessThanOrEqual(good.length + ORDERS_AT_ONCE);
  expectOnce(at, good);
  await at.untilServed(good);

  // Once they have failed they rest, and those that come later have the CA to themselves.
  await at.until(
    'gatefleet/orders/',
    (entries) => entries.length === bad.length && at.proxy.journal.orders().length >= bad.length + good.length,
    PATIENCE_MS,
  );
  const later = hostsOf(isLong ? 100 : 20, 'later');
  const ordersBefore = at.proxy.journal.orders().length;
  await at.want([...good, ...later], 'careful');
  await at.untilPublished(later, PATIENCE_MS);
  const meanwhile = at.proxy.journal.orders().slice(ordersBefore);
  const retried = Map.groupBy(
    meanwhile.filter(({ names: [name = ''] }) => bad.includes(name)),
    ({ names }) => names.join(),
  );
  for (const [name, [first, second]] of retried) {
    const restMs = (second?.placedAt ?? Infinity) - (first?.placedAt ?? 0);
    expect({ name, rested: restMs >= 60_000 }).toEqual({ name, rested: true });
  }
  expectOnce(at, later);
});
