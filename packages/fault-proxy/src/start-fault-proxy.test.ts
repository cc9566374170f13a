import { describe, expect, test } from '@jest/globals';
import { systemClock, type Clock } from './clock.ts';
import type { Fault, FaultRates } from './fault.ts';
import { startFaultProxy, type FaultProxyOptions } from './start-fault-proxy.ts';
import { ask, newOrder, signed } from './testing/ask.ts';
import { startFakeCa } from './testing/fake-ca.ts';

const noon = Date.UTC(2026, 10, 2, 12);
const stopped: Clock = { ...systemClock, now: () => noon };

async function open(options: Partial<FaultProxyOptions> = {}, slowness: { readonly takesMs?: number } = {}) {
  const ca = await startFakeCa(slowness);
  const proxy = await startFaultProxy({ target: ca.directoryUrl, ...options });
  const close = async () => {
    await proxy.stop();
    await ca.stop();
  };
  return { ca, proxy, journal: proxy.journal, [Symbol.asyncDispose]: close };
}

const always = (fault: Fault): FaultRates => ({ any: [{ rate: 1, fault }] });

describe('without faults', () => {
  test('clients see the proxy’s origin only, and the CA everything that they send', async () => {
    await using opened = await open();
    const { ca, proxy } = opened;
    const { origin } = proxy;
    expect(proxy.directoryUrl).toBe(`${origin}/dir`);
    const directory = await ask(proxy, '/dir');
    expect(JSON.parse(directory.body)).toEqual({ newNonce: `${origin}/nonce-plz`, newOrder: `${origin}/order-plz` });
    const order = await ask(proxy, '/order-plz?a=b', { body: newOrder('a.example') });
    expect(order.status).toBe(201);
    expect(order.header('location')).toBe(`${origin}/my-order/o1`);
    expect(order.header('link')).toBe(`<${origin}/dir>;rel="index"`);
    expect(JSON.parse(order.body)).toEqual({ status: 'ready', finalize: `${origin}/finalize-order/o1` });
    const nonce = await ask(proxy, '/nonce-plz', { method: 'HEAD' });
    expect(nonce).toMatchObject({ status: 200, body: '' });
    expect(nonce.header('replay-nonce')).toBeDefined();
    expect((await ask(proxy, '/nonce-plz')).status).toBe(204);
    expect(ca.received).toEqual(['GET /dir', 'POST /order-plz?a=b', 'HEAD /nonce-plz', 'GET /nonce-plz']);
  });

  test('the journal has each request with what was signed and what was given', async () => {
    await using opened = await open({ clock: stopped });
    const { proxy, journal } = opened;
    await ask(proxy, '/dir');
    await ask(proxy, '/order-plz', { body: newOrder('a.example') });
    await ask(proxy, '/my-order/o1', { body: signed() });
    expect(journal.entries).toMatchObject([
      { at: noon, method: 'GET', path: '/dir', kind: 'directory', userAgent: 'test', signed: undefined },
      {
        kind: 'new-order',
        injected: { kind: 'none' },
        signed: {
          header: { alg: 'none', kid: 'https://ca.example/my-account/1' },
          payload: { identifiers: [{ type: 'dns', value: 'a.example' }] },
        },
        deliveries: [{ sentAt: noon, answer: { status: 201, location: '/my-order/o1' } }],
        given: { kind: 'answered', at: noon, status: 201 },
      },
      { kind: 'order', signed: { payload: undefined } },
    ]);
    expect(journal.counts()).toEqual({ directory: 1, 'new-order': 1, order: 1 });
    expect(journal.faultCounts()).toEqual({});
  });
});

describe('a refusal is given without the CA', () => {
  const seconds = { seconds: 7, form: 'seconds' } as const;
  const date = { seconds: 7, form: 'date' } as const;
  test.each<{ given: string; fault: Fault; status: number; type: string; retryAfter?: string }>([
    {
      given: 'a 500 with a problem',
      fault: { kind: 'server-error', status: 500, body: 'problem' },
      status: 500,
      type: 'application/problem+json',
    },
    {
      given: 'a 503 as a page with Retry-After',
      fault: { kind: 'server-error', status: 503, body: 'page', retryAfter: seconds },
      status: 503,
      type: 'text/html',
      retryAfter: '7',
    },
    {
      given: 'a 429 with seconds',
      fault: { kind: 'too-many', retryAfter: seconds },
      status: 429,
      type: 'application/problem+json',
      retryAfter: '7',
    },
    {
      given: 'a 429 with a date',
      fault: { kind: 'too-many', retryAfter: date },
      status: 429,
      type: 'application/problem+json',
      retryAfter: 'Mon, 02 Nov 2026 12:00:07 GMT',
    },
  ])('$given', async ({ fault, status, type, retryAfter }) => {
    await using opened = await open({ faults: always(fault), clock: stopped });
    const { ca, proxy, journal } = opened;
    const answer = await ask(proxy, '/order-plz', { body: newOrder('a.example') });
    expect(answer.status).toBe(status);
    expect(answer.header('content-type')).toBe(type);
    expect(answer.header('retry-after')).toBe(retryAfter);
    if (type.endsWith('json')) expect(JSON.parse(answer.body)).toMatchObject({ status });
    expect(ca.received).toEqual([]);
    const retryAt = retryAfter === undefined ? undefined : noon + 7_000;
    expect(journal.entries).toMatchObject([
      { injected: fault, deliveries: [], given: { kind: 'answered', status, retryAt } },
    ]);
    expect(journal.ofNames(['A.example'])).toMatchObject({ newOrdersAsked: 1, newOrdersForwarded: 0 });
  });

  test('a 429 says what it was told to say', async () => {
    const detail = 'too many certificates already issued for "example"';
    await using opened = await open({ faults: always({ kind: 'too-many', detail }) });
    expect(JSON.parse((await ask(opened.proxy, '/order-plz', { body: newOrder('a.example') })).body)).toEqual({
      type: 'urn:ietf:params:acme:error:rateLimited',
      detail,
      status: 429,
    });
  });
});

describe('a connection breaks', () => {
  test.each<{ given: string; fault: Fault; heard: number; end: string }>([
    { given: 'before the CA hears', fault: { kind: 'reset-before' }, heard: 0, end: 'broken' },
    { given: 'after the CA carried it out', fault: { kind: 'reset-after' }, heard: 1, end: 'broken' },
    {
      given: 'in the middle of the answer',
      fault: { kind: 'truncate', framing: 'broken' },
      heard: 1,
      end: 'truncated',
    },
  ])('$given', async ({ fault, heard, end }) => {
    await using opened = await open({ faults: always(fault) });
    const { ca, proxy, journal } = opened;
    await expect(ask(proxy, '/order-plz', { body: newOrder('a.example') })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
    expect(ca.received).toHaveLength(heard);
    expect(journal.entries).toMatchObject([{ given: { kind: end } }]);
    expect(journal.orders()).toHaveLength(heard);
  });

  test('where an answer has no body that could be cut', async () => {
    await using opened = await open({ faults: always({ kind: 'truncate', framing: 'intact' }) });
    await expect(ask(opened.proxy, '/nonce-plz', { method: 'HEAD' })).rejects.toThrow();
    expect(opened.journal.entries).toMatchObject([{ given: { kind: 'broken' } }]);
  });
});

test('half an answer is passed off as the whole', async () => {
  await using opened = await open();
  const { proxy, journal } = opened;
  const whole = (await ask(proxy, '/dir')).body;
  proxy.setFaults({ directory: [{ rate: 1, fault: { kind: 'truncate', framing: 'intact' } }] });
  const half = await ask(proxy, '/dir');
  expect(half.status).toBe(200);
  expect(half.body).toBe(whole.slice(0, Math.floor(whole.length / 2)));
  expect(journal.entries[1]).toMatchObject({ given: { kind: 'truncated', status: 200 } });
});

describe('a doubled delivery', () => {
  test.each([
    { answer: 'first', status: 201 },
    { answer: 'second', status: 400 },
  ] as const)('gives the $answer answer, and the nonce is good for one', async ({ answer, status }) => {
    await using opened = await open({ faults: always({ kind: 'double', answer }) });
    const { proxy, journal } = opened;
    expect((await ask(proxy, '/order-plz', { body: newOrder('a.example') })).status).toBe(status);
    expect(journal.entries[0]?.deliveries.map((delivery) => delivery.answer)).toMatchObject([
      { status: 201 },
      { status: 400, problem: 'urn:ietf:params:acme:error:badNonce' },
    ]);
    expect(journal.ofNames(['a.example'])).toMatchObject({ newOrdersForwarded: 2, ordersPlaced: 1 });
  });
});

describe('a stalled answer', () => {
  function stalling() {
    const reached = Promise.withResolvers<number>();
    const release = Promise.withResolvers<void>();
    const clock: Clock = {
      now: () => noon,
      sleep: (milliseconds) => {
        reached.resolve(milliseconds);
        return release.promise;
      },
    };
    return { reached: reached.promise, release: release.resolve, clock };
  }
  const faults = always({ kind: 'stall', milliseconds: 90_000 });

  test('comes later, while the CA was asked at once', async () => {
    const { reached, release, clock } = stalling();
    await using opened = await open({ faults, clock });
    const { ca, proxy, journal } = opened;
    const asked = ask(proxy, '/dir');
    expect(await reached).toBe(90_000);
    expect(ca.received).toEqual(['GET /dir']);
    expect(journal.entries).toMatchObject([{ deliveries: [{ answer: { status: 200 } }], given: undefined }]);
    release();
    expect((await asked).status).toBe(200);
    expect(journal.entries).toMatchObject([{ given: { kind: 'answered', status: 200 } }]);
  });

  test('may come to nobody', async () => {
    const { reached, release, clock } = stalling();
    await using opened = await open({ faults, clock });
    const { proxy, journal } = opened;
    const client = new AbortController();
    const asked = ask(proxy, '/dir', { signal: client.signal });
    await reached;
    client.abort();
    await expect(asked).rejects.toThrow();
    while (journal.entries[0]?.given === undefined) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(journal.entries).toMatchObject([{ given: { kind: 'left' } }]);
  });

  test('ends with the proxy', async () => {
    const reached = Promise.withResolvers<void>();
    const sleep: Clock['sleep'] = (milliseconds, signal) => {
      reached.resolve();
      return systemClock.sleep(milliseconds, signal);
    };
    await using opened = await open({ faults, clock: { ...systemClock, sleep } });
    const asked = expect(ask(opened.proxy, '/dir')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await reached.promise;
    await opened.proxy.stop();
    await asked;
  });
});

test('a storm refuses its kinds until it is over, and the journal knows who did not wait', async () => {
  let now = noon;
  await using opened = await open({ clock: { ...systemClock, now: () => now } });
  const { proxy, journal } = opened;
  const order = async () => (await ask(proxy, '/order-plz', { body: newOrder('a.example') })).status;
  proxy.startStorm({ kinds: ['new-order'], until: noon + 10_000 });
  expect(await order()).toBe(429);
  now += 4_000;
  expect((await ask(proxy, '/dir')).status).toBe(200);
  expect(await order()).toBe(429);
  now = noon + 10_000;
  expect(await order()).toBe(201);
  const [first, , second] = journal.entries;
  expect(journal.hasty()).toEqual([{ entry: second, told: first }]);
  expect(journal.faultCounts()).toEqual({ storm: 2 });
  expect(journal.withInjected('storm')).toEqual([first, second]);
});

test('a CA that is away is a 502 and a failure that nobody asked for', async () => {
  await using opened = await open();
  const { ca, proxy, journal } = opened;
  await ca.stop();
  expect((await ask(proxy, '/dir')).status).toBe(502);
  expect(journal.failures()).toMatchObject([{ deliveries: [{ answer: undefined }], given: { status: 502 } }]);
});

test.each([
  { given: 'kinds that come one at a time', paths: ['/order-plz', '/authZ/a', '/order-plz', '/authZ/b'], atOnce: 1 },
  { given: 'other kinds', paths: ['/my-order/a', '/my-order/b', '/my-order/c', '/my-order/d'], atOnce: 4 },
])('of $given the CA has $atOnce at once', async ({ paths, atOnce }) => {
  await using opened = await open({ oneAtATime: ['new-order', 'authorization'] }, { takesMs: 200 });
  await Promise.all(paths.map((path) => ask(opened.proxy, path, { body: signed() })));
  expect(opened.ca.mostAtOnce()).toBe(atOnce);
  expect(opened.ca.received).toHaveLength(4);
});

test.each([
  { title: 'names', ordersList: true, named: expect.stringContaining('/list-orderz/1') },
  { title: 'does not name', ordersList: false, named: undefined },
])('an account $title the list of its orders when the proxy is told so', async ({ ordersList, named }) => {
  await using opened = await open({ ordersList });
  for (const path of ['/sign-me-up', '/my-account/1']) {
    const answer = await ask(opened.proxy, path, { body: signed() });
    expect(JSON.parse(answer.body)).toEqual({ status: 'valid', ...(named === undefined ? {} : { orders: named }) });
    expect(Number(answer.header('content-length'))).toBe(Buffer.byteLength(answer.body));
  }
  expect((await ask(opened.proxy, '/my-account/2', { body: signed() })).status).toBe(404);
});

test('what is no signed request is passed on all the same', async () => {
  await using opened = await open();
  expect((await ask(opened.proxy, '/elsewhere', { body: 'not JSON' })).status).toBe(404);
  expect(opened.journal.entries).toMatchObject([{ kind: 'other', signed: undefined }]);
});

test('its certificate is for the names that it was told, too', async () => {
  await using opened = await open({ names: ['localhost'] });
  const { proxy } = opened;
  const origin = proxy.origin.replace('127.0.0.1', 'localhost');
  const answer = await ask({ ...proxy, origin }, '/dir');
  expect(JSON.parse(answer.body)).toMatchObject({ newOrder: `${origin}/order-plz` });
});
