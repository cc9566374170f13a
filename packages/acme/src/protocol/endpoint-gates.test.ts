import { expect, test } from '@jest/globals';
import { AcmeError } from '../errors.ts';
import { EndpointGates, type Endpoint } from './endpoint-gates.ts';

function start() {
  let now = 0;
  const gates = new EndpointGates({ now: () => new Date(now), sleep: () => Promise.resolve() });
  const sent: Endpoint[] = [];
  return {
    sent,
    at: (milliseconds: number) => (now = milliseconds),
    ask: (endpoint: Endpoint, answer?: Error | Promise<unknown>) =>
      gates.pass(endpoint, 'asking', async () => {
        sent.push(endpoint);
        if (answer instanceof Error) throw answer;
        return answer;
      }),
  };
}
const tooMany = (seconds: number, message = 'asking: rateLimited slow down') =>
  new AcmeError('RATE_LIMITED', message, { status: 429, retryAfter: new Date(seconds * 1000) });

test('after "too many" nothing of that kind is sent before the time, and others go on', async () => {
  const { ask, at, sent } = start();
  await expect(ask('order', tooMany(60))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  at(59_999);
  await expect(ask('order')).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfter: new Date(60_000) });
  await ask('newOrder');
  at(60_000);
  await ask('order');
  expect(sent).toEqual(['order', 'newOrder', 'order']);
});

test('when the time is over one request goes alone; the others follow once it was answered', async () => {
  const { ask, at, sent } = start();
  await ask('order', tooMany(1)).catch(() => undefined);
  at(1_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const all = [ask('order', promise), ask('order'), ask('order')];
  await Promise.resolve();
  expect(sent).toHaveLength(2);
  resolve();
  await Promise.all(all);
  expect(sent).toHaveLength(4);
});

test('where that one is refused again, the others are not sent at all', async () => {
  const { ask, at, sent } = start();
  await ask('order', tooMany(1)).catch(() => undefined);
  at(1_000);
  const all = await Promise.allSettled([ask('order', tooMany(2)), ask('order'), ask('order')]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(sent).toHaveLength(2);
});

test('a CA that is busy, and says until when, is left alone as well', async () => {
  const { ask, sent } = start();
  const busy = new AcmeError('CA_BROKEN', 'asking: HTTP 503', { status: 503, retryAfter: new Date(9_000) });
  await expect(ask('newNonce', busy)).rejects.toMatchObject({ code: 'CA_BROKEN' });
  await expect(ask('newNonce')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(sent).toHaveLength(1);
});

test('a refusal of one domain’s certificates does not stop orders', async () => {
  const { ask } = start();
  await ask('newOrder', tooMany(60, 'asking: too many certificates already issued for "example.com"')).catch(() => {});
  await ask('newOrder');
});

test('a refusal of another kind after the rest opens the way', async () => {
  const { ask, at, sent } = start();
  await ask('order', tooMany(1)).catch(() => undefined);
  at(1_000);
  await ask('order', new AcmeError('REFUSED', 'no', { status: 403 })).catch(() => undefined);
  await Promise.all([ask('order'), ask('order')]);
  expect(sent).toHaveLength(4);
});
