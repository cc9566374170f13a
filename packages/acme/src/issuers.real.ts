import { expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { systemClock } from './clock.ts';
import type { IssuerOptions } from './issuers/issuer.ts';
import { certificateId } from './keys/certificate-id.ts';
import { connectCa } from './protocol/certificate-authority.ts';
import { signal, useIssuing } from './testing/issuing.ts';
import { startPebble } from './testing/pebble.ts';

const issuing = useIssuing();
const hour = 3_600_000;

/** Nobody listens there, and pauses between tries take no time. */
const away = (): IssuerOptions => {
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  return { ca: connectCa({ directoryUrl: 'https://127.0.0.1:1/dir', timeoutMs: 2_000, clock }) };
};
const wish = (name: string) => ({ names: [name], namespace: 'shop' });
const wanted = (name: string) => ({ ...wish(name), owner: 'shop/web' });

test('a CA that is away is left alone after eight requests, and the next one is asked, for those orders too', async () => {
  const { engine, connect, pebble } = issuing();
  let now = Date.now();
  const clock = { ...systemClock, now: () => new Date(now) };
  const running = engine({ issuers: [away(), { ca: connect() }], clock });
  const hosts = Array.from({ length: 8 }, (_, index) => `away${index}.example.org`);
  for (const host of hosts) {
    expect(await running.run(wish(host), signal)).toMatchObject({
      kind: 'postponed',
      problem: { code: 'UNREACHABLE' },
    });
  }
  const outcome = await running.run(wish('next.example.org'), signal);
  expect(outcome).toMatchObject({ kind: 'issued', certificate: { ca: pebble.directoryUrl } });
  expect(await running.plan([wanted('away0.example.org')], signal)).toMatchObject([{ kind: 'issue' }]);
  expect(await running.run(wish('away0.example.org'), signal)).toMatchObject({ kind: 'issued' });

  // The first is tried again by one order after a minute.
  now += 60_000;
  expect(await running.run(wish('later.example.org'), signal)).toMatchObject({ kind: 'postponed' });
  expect(await running.run(wish('later.example.org'), signal)).toMatchObject({ kind: 'issued' });
});

test('where every CA is away, all that is due waits, and says why', async () => {
  const { engine } = issuing();
  const running = engine({ issuers: [away()] });
  for (let index = 0; index < 8; index += 1) await running.run(wish(`h${index}.example.org`), signal);
  expect(await running.plan([wanted('a.example.org')], signal)).toMatchObject([
    { kind: 'wait', reason: 'CaUnavailable', until: expect.any(Date) },
  ]);
  expect(await running.run(wish('a.example.org'), signal)).toMatchObject({ kind: 'not-due' });
});

test('what a limit does not allow is not asked of the CA; it waits in its place, and the next leader knows', async () => {
  const { engine, connect, names, ordersAtCa } = issuing();
  const [first = '', second = ''] = names;
  const limits = { newOrders: { capacity: 1, windowMs: hour } };
  const issuers = [{ ca: connect(), limits }];
  expect(await engine({ issuers }).run(wish(first), signal)).toMatchObject({ kind: 'issued' });
  const next = engine({ issuers });
  expect(await next.run(wish(second), signal)).toMatchObject({ kind: 'not-due' });
  expect(await next.plan([wanted(first), wanted(second)], signal)).toMatchObject([
    { names: [second], kind: 'wait', reason: 'RateLimited', bucket: 'new-orders', position: 1 },
    { names: [first], kind: 'wait', reason: 'Valid' },
  ]);
  expect(await ordersAtCa()).toHaveLength(1);
});

test('where a limit holds up for long, the next CA is asked', async () => {
  const { engine, connect, names, memory, pebble } = issuing();
  const [first = '', second = ''] = names;
  const limits = { newOrders: { capacity: 1, windowMs: 24 * hour } };
  const other = { ...connect(), directoryUrl: `${pebble.directoryUrl}?other` };
  const running = engine({ issuers: [{ ca: connect(), limits }, { ca: other }] });
  await running.run(wish(first), signal);
  expect(await running.plan([wanted(second)], signal)).toMatchObject([{ kind: 'issue' }]);
  await running.run(wish(second), signal);
  const { certificates } = memory.store;
  expect((await certificates.load(certificateId([second]), signal))?.record.ca).toBe(other.directoryUrl);
});

test('a certificate of a CA that is no longer in use is replaced at once', async () => {
  const { engine, connect, names, pebble } = issuing();
  const before = { ...connect(), directoryUrl: `${pebble.directoryUrl}?staging` };
  expect(await engine({ issuers: [{ ca: before }] }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
    kind: 'issued',
  });
  const running = engine();
  expect(await running.plan([{ names, namespace: 'shop', owner: 'shop/web' }], signal)).toMatchObject([
    { kind: 'issue', reason: 'OtherCa' },
  ]);
  expect(await running.run({ names, namespace: 'shop' }, signal)).toMatchObject({ kind: 'issued' });
});

test('an account is bound to the one that the CA has elsewhere; without it, the order says what is missing', async () => {
  const { engine, names, pebble: shared } = issuing();
  const macKey = Buffer.from('a key that both sides know, 32 b').toString('base64url');
  const tools = await ensureTools(['pebble', 'pebble-challtestsrv']);
  const pebble = await startPebble({
    pebble: tools.pebble.path,
    challtestsrv: tools['pebble-challtestsrv'].path,
    http01Port: shared.http01Port,
    externalAccounts: { 'key-1': macKey },
  });
  try {
    const ca = connectCa(pebble);
    const bound = [{ ca, externalAccount: { keyId: 'key-1', macKey } }];
    expect(await engine({ issuers: [{ ca }] }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
      kind: 'failed',
      problem: { code: 'REFUSED', hint: 'give the issuer an externalAccountBinding' },
    });
    const clock = { ...systemClock, now: () => new Date(Date.now() + hour) };
    expect(await engine({ issuers: bound, clock }).run({ names, namespace: 'shop' }, signal)).toMatchObject({
      kind: 'issued',
    });
  } finally {
    await pebble.stop();
  }
});
