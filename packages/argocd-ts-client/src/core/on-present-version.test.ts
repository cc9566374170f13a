import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { arrived } from '../testing/application.ts';
import { FakeArgoCd } from '../testing/fake-argocd.ts';
import { connectArgoCdCore } from './connect-argocd-core.ts';

let fake: FakeArgoCd;
beforeEach(async () => {
  fake = new FakeArgoCd();
  await fake.listen();
});
afterEach(() => fake.close());

/** The controller writes a status just before each of the first so many changes comes. */
const overtaken = (times: number) => {
  let left = times;
  return connectArgoCdCore({
    server: fake.address,
    token: fake.token,
    fetch: (request) => {
      if (request.method === 'PATCH' && left-- > 0) fake.update('shop', (current) => current);
      return fetch(request);
    },
  }).applications;
};
const patches = () => fake.requests.filter((request) => request.startsWith('PATCH')).length;

test('a sync that another writer overtook is started on what is there now', async () => {
  fake.put('shop', arrived());
  await overtaken(3).sync('shop');
  expect((await overtaken(0).get('shop')).operation).toMatchObject({ initiatedBy: { username: 'argocd-ts-client' } });
  expect(patches()).toBe(4);
});

test('one that is overtaken over and over ends as a conflict', async () => {
  fake.put('shop', arrived());
  await expect(overtaken(Infinity).sync('shop')).rejects.toMatchObject({ code: 'CONFLICT', status: 409 });
  expect(patches()).toBe(10);
});

test('an operation that runs is a conflict at once', async () => {
  fake.put('shop', arrived({}, { operation: {} }));
  await expect(overtaken(0).sync('shop')).rejects.toMatchObject({ code: 'CONFLICT', status: undefined });
  expect(patches()).toBe(0);
});
