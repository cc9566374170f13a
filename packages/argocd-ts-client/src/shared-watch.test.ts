import { expect, test } from '@jest/globals';
import type { Application } from './applications.ts';
import { SharedWatch } from './shared-watch.ts';

/** Applications that are listed, and how often they were. */
function source(names: string[]) {
  const asked = { lists: 0 };
  return {
    asked,
    list: async (): Promise<readonly Application[]> => {
      asked.lists += 1;
      return names.map((name) => ({ metadata: { name } }));
    },
    async *watch() {},
  };
}

test('many who ask one after the other share a list', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `app-${i}`);
  const applications = source(names);
  const shared = new SharedWatch(applications, new AbortController().signal);
  await Promise.all(names.slice(0, 100).map((name) => shared.get(name)));
  for (const name of names) expect((await shared.get(name)).metadata?.name).toBe(name);
  expect(applications.asked.lists).toBe(1);
});

test('one that was made after the list is found by another list, and one that is none is told', async () => {
  const names = ['a'];
  const applications = source(names);
  const shared = new SharedWatch(applications, new AbortController().signal);
  await shared.get('a');
  names.push('b');
  expect((await shared.get('b')).metadata?.name).toBe('b');
  await expect(shared.get('c')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(applications.asked.lists).toBe(3);
});
