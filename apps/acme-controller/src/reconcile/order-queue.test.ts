import type { OrderOutcome } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { OrderQueue } from './order-queue.ts';

const due = (id: string) => ({ id, names: [id], namespace: 'shop' });
const done: OrderOutcome = { kind: 'conflict' };

function queue(limit: number) {
  const started: string[] = [];
  const ended: string[] = [];
  const open = new Map<string, PromiseWithResolvers<OrderOutcome>>();
  const orders = new OrderQueue({
    limit,
    run: ({ id }) => {
      started.push(id);
      const outcome = Promise.withResolvers<OrderOutcome>();
      open.set(id, outcome);
      return outcome.promise;
    },
    onDone: ({ id }, result) => ended.push('error' in result ? `${id} threw` : id),
  });
  const end = async (id: string, error?: Error) => {
    if (error === undefined) open.get(id)?.resolve(done);
    else open.get(id)?.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { orders, started, ended, end };
}

test('no more than the limit run at once, in the order given, each once', async () => {
  const { orders, started, ended, end } = queue(2);
  orders.replace(['a', 'b', 'c', 'd'].map(due));
  expect(started).toEqual(['a', 'b']);
  orders.replace(['d', 'a', 'b', 'c'].map(due));
  expect(started).toEqual(['a', 'b']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'd']);
  await end('b');
  await end('d');
  await end('c');
  expect(ended).toEqual(['a', 'b', 'd', 'c']);
  expect(started).toHaveLength(4);
});

test('one that was released gives its place to the next, and is not begun again', async () => {
  const { orders, started, ended, end } = queue(1);
  orders.replace(['a', 'b', 'c'].map(due));
  expect(orders.isFull).toBe(true);
  orders.release('a');
  orders.release('of-nobody');
  expect(started).toEqual(['a', 'b']);
  orders.replace(['a', 'b', 'c'].map(due));
  expect(started).toEqual(['a', 'b']);
  await end('a');
  expect(started).toEqual(['a', 'b']);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
  expect(orders.isFull).toBe(false);
  expect(ended).toEqual(['a', 'b']);
});

test('what is no longer wanted is not begun', async () => {
  const { orders, started, end } = queue(1);
  orders.replace(['a', 'b'].map(due));
  orders.replace([due('a')]);
  await end('a');
  expect(started).toEqual(['a']);
});

test('what threw rests, and the others go on', async () => {
  const { orders, started, ended, end } = queue(1);
  orders.replace(['a', 'b'].map(due));
  await end('a', new Error('the store is away'));
  expect(ended).toEqual(['a threw']);
  expect(started).toEqual(['a', 'b']);
  expect(orders.restMs()).toBeGreaterThan(0);
  orders.replace(['a', 'b'].map(due));
  await end('b');
  expect(started).toEqual(['a', 'b']);
});
