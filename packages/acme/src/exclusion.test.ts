import { expect, test } from '@jest/globals';
import { Exclusion } from './exclusion.ts';

test('what wants to be alone waits for what goes on, and what comes after waits for it', async () => {
  const exclusion = new Exclusion();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  const begin = (name: string, end: Promise<void>) => async () => {
    told.push(`${name} begins`);
    await end;
    told.push(`${name} ends`);
  };
  const all = [
    exclusion.beside(begin('a', first.promise)),
    exclusion.beside(begin('b', first.promise)),
    exclusion.alone(begin('c', second.promise)),
    exclusion.beside(begin('d', Promise.resolve())),
  ];
  first.resolve();
  await Promise.all(all.slice(0, 2));
  second.resolve();
  await Promise.all(all);
  const order = ['a begins', 'b begins', 'a ends', 'b ends', 'c begins', 'c ends', 'd begins', 'd ends'];
  expect(told).toEqual(order);
});

test('work that fails holds up nobody', async () => {
  const exclusion = new Exclusion();
  const fail = () => Promise.reject(new Error('made up'));
  await expect(exclusion.alone(fail)).rejects.toThrow('made up');
  await expect(exclusion.beside(fail)).rejects.toThrow('made up');
  await expect(exclusion.alone(async () => 'done')).resolves.toBe('done');
  await expect(exclusion.beside(async () => 'done')).resolves.toBe('done');
});
