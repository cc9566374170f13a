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

test('a watch that was cut goes on where it was: every state in between is told, and nothing is listed again', async () => {
  fake.put('a', arrived());
  const stop = new AbortController();
  const { applications } = connectArgoCdCore({ server: fake.address, token: fake.token });
  const seen: string[] = [];
  for await (const { type, application } of applications.watch({ signal: stop.signal })) {
    seen.push(`${type} ${application.metadata?.labels?.['step'] ?? ''}`);
    if (seen.length === 1) {
      fake.cutStreams(
        () => {
          for (const step of ['1', '2', '3']) fake.put('a', arrived({}, { metadata: { labels: { step } } }));
        },
        { remembers: true },
      );
    }
    if (seen.length === 4) stop.abort();
  }
  expect(seen).toEqual(['added ', 'modified 1', 'modified 2', 'modified 3']);
  expect(fake.requests.filter((request) => !request.includes('watch=true'))).toHaveLength(1);
});
