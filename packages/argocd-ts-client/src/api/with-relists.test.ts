import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { arrived } from '../testing/application.ts';
import { FakeArgoCd } from '../testing/fake-argocd.ts';
import { connectArgoCd } from './connect-argocd.ts';

// The first list comes a second after the stream.
jest.setTimeout(60_000);

let fake: FakeArgoCd;
beforeEach(async () => {
  fake = new FakeArgoCd();
  await fake.listen();
});
afterEach(() => fake.close());

test('what Argo CD never told, because it was about to subscribe or dropped it, is told all the same, once', async () => {
  fake.put('a', arrived());
  fake.put('b', arrived());
  const stop = new AbortController();
  const { applications } = connectArgoCd({ server: fake.address, token: fake.token });
  const seen: string[] = [];
  for await (const { type, application } of applications.watch({ signal: stop.signal })) {
    seen.push(`${type} ${application.metadata?.name ?? ''}`);
    if (seen.length === 2) {
      fake.silently(() => {
        fake.update('a', (current) => current);
        fake.put('c', arrived());
      });
    }
    if (seen.length === 4) fake.remove('b');
    if (seen.length === 5) stop.abort();
  }
  expect(seen).toEqual(['added a', 'added b', 'modified a', 'added c', 'deleted b']);
});
