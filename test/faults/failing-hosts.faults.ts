import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { expectOnce } from './support/expect.ts';
import { tellFigures } from './support/figures.ts';
import { hostsOf, isLong, PATIENCE_MS } from './support/form.ts';
import { publishingTime } from './support/publishing-time.ts';
import { useStand } from './support/use-stand.ts';

const open = useStand();
/** As the stand has it. */
const ORDERS_AT_ONCE = 32;
/** A minute, of which up to a tenth is left out so that not all come back at once. */
const LEAST_REST_MS = 54_000;

test('hosts that always fail hold up no others', async () => {
  const at = await open({ nonceReject: 15 });
  const [bad, alone, good, later] = [
    hostsOf(isLong ? 300 : 60, 'bad'),
    hostsOf(isLong ? 100 : 20, 'alone'),
    hostsOf(isLong ? 100 : 20, 'good'),
    hostsOf(isLong ? 100 : 20, 'later'),
  ];
  for (const host of bad) await at.leadAstray(host);
  const wanted: string[] = [];
  const figures: Record<string, number> = { failing: bad.length, good: good.length };
  if (isLong) {
    // The program and the pace of the CA are warm before anything is compared.
    wanted.push(...hostsOf(50, 'first'));
    await at.want(wanted, 'careful');
    await at.startReplica(0);
    await publishingTime(at, wanted);
    wanted.push(...alone);
    await at.want(wanted, 'careful');
    figures['aloneMs'] = await publishingTime(at, alone);
  }

  const ordersBefore = at.proxy.journal.orders().length;
  await at.want(bad, 'careless');
  wanted.push(...good);
  await at.want(wanted, 'careful');
  if (!isLong) await at.startReplica(0);
  figures['togetherMs'] = await publishingTime(at, good);
  const names = at.proxy.journal
    .orders()
    .slice(ordersBefore)
    .map(({ names: [name = ''] }) => name);
  const lastGood = names.findLastIndex((name) => good.includes(name));
  const badBefore = names.slice(0, lastGood).filter((name) => bad.includes(name)).length;
  // Turn by turn between the two namespaces, as far as what is under way at once allows; a running leader sees the failing ones first.
  expect(badBefore).toBeLessThanOrEqual(good.length + ORDERS_AT_ONCE * (isLong ? 2 : 1));
  await expectOnce(at, good);
  await at.untilServed(good);

  // Once they have failed they rest, and those that come later have the CA to themselves.
  const rest = async () => {
    const failed = at.proxy.journal.orders().filter(({ status }) => status === 'invalid');
    const names = new Set(failed.flatMap((order) => order.names));
    return bad.every((host) => names.has(host)) && (await at.store.keys('gatefleet/orders/')).length >= bad.length;
  };
  // Asked for over and over: the store tells of nothing while all of them rest.
  for (const deadline = performance.now() + PATIENCE_MS; !(await rest()); await sleep(200))
    if (performance.now() > deadline) throw new Error('not all of the hosts that fail have failed');
  wanted.push(...later);
  await at.want(wanted, 'careful');
  figures['afterMs'] = await publishingTime(at, later);
  for (const [name, orders] of Map.groupBy(at.proxy.journal.orders(), ({ names }) => names.join())) {
    const [first, second] = orders.map(({ placedAt }) => placedAt);
    const restMs = (second ?? Infinity) - (first ?? 0);
    expect({ name, rested: restMs >= LEAST_REST_MS }).toEqual({ name, rested: true });
  }
  await expectOnce(at, later);
  tellFigures(figures);
  // One against the other in the same minutes: it holds on a busy machine, too.
  if (isLong) expect((figures['afterMs'] ?? 0) / (figures['aloneMs'] ?? 1)).toBeLessThanOrEqual(1.2);
});
