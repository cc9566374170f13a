import { expect, test } from '@jest/globals';
import { Slots } from './slots.ts';

test('given two slots and four tasks, two run at once, in the order of their coming, and a failure frees its slot', async () => {
  const slots = new Slots(2, 2);
  const started: number[] = [];
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const tasks = gates.map((gate, i) =>
    slots.run(async () => {
      started.push(i);
      await gate.promise;
    }),
  );
  expect(started).toEqual([0, 1]);
  expect(slots.isFull).toBe(true);
  gates[1]?.reject(new Error('failed'));
  await expect(tasks[1]).rejects.toThrow('failed');
  await new Promise(setImmediate);
  expect(started).toEqual([0, 1, 2]);
  expect(slots.isFull).toBe(false);
  for (const gate of gates) gate.resolve();
  await Promise.all([tasks[0], tasks[2], tasks[3]]);
  expect(started).toEqual([0, 1, 2, 3]);
});
