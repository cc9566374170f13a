import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { connectArgoCd } from './api/connect-argocd.ts';
import { connectArgoCdCore } from './core/connect-argocd-core.ts';
import { arrived, commit } from './testing/application.ts';
import { FakeArgoCd } from './testing/fake-argocd.ts';

// Two hundred applications on a busy machine.
jest.setTimeout(60_000);

let fake: FakeArgoCd;
beforeEach(async () => {
  fake = new FakeArgoCd({ pieceBytes: 4096 });
  await fake.listen();
});
afterEach(() => fake.close());

describe.each([
  { way: 'the API server', connect: (server: string, token: string) => connectArgoCd({ server, token }).applications },
  {
    way: 'Kubernetes alone',
    connect: (server: string, token: string) => connectArgoCdCore({ server, token }).applications,
  },
])('through $way', ({ connect }) => {
  const isStream = (request: string) => /\/stream\/|watch=true/.test(request);

  test('two hundred are waited for over one stream, each to its own end', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `app-${i}`);
    for (const name of names) fake.put(name, arrived({ health: { status: 'Progressing' } }));
    const result = await connect(fake.address, fake.token).waitAll(new Map(names.map((name) => [name, commit])), {
      onProgress(name, verdict) {
        if (verdict.kind !== 'waiting' || verdict.until === 'the refresh') return;
        const isBroken = name === 'app-7';
        setImmediate(() =>
          fake.update(name, ({ metadata = {} }) => {
            const ended = isBroken ? arrived({ health: { status: 'Degraded', message: 'no image' } }) : arrived();
            return { ...ended, metadata };
          }),
        );
      },
    });
    expect([...result.keys()]).toEqual(names);
    expect(result.get('app-7')).toMatchObject({ kind: 'failed', reason: 'Degraded' });
    expect([...result.values()].filter(({ kind }) => kind === 'arrived')).toHaveLength(199);
    expect(fake.requests.filter(isStream)).toHaveLength(1);
  });

  test('one that is not there ends it, and leaves no stream', async () => {
    fake.put('a', arrived({ health: { status: 'Progressing' } }));
    const waiting = connect(fake.address, fake.token).waitAll(
      new Map([
        ['a', commit],
        ['none', commit],
      ]),
    );
    await expect(waiting).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await new Promise<void>((resolve) => {
      const look = () => (fake.openStreams === 0 ? resolve() : setImmediate(look));
      look();
    });
    expect(fake.openStreams).toBe(0);
  });

  test('given up, it says of one what it waited for', async () => {
    fake.put('a', arrived({ health: { status: 'Progressing' } }));
    const stop = new AbortController();
    const waiting = connect(fake.address, fake.token).waitAll(new Map([['a', commit]]), {
      signal: stop.signal,
      onProgress: (_, { kind, ...verdict }) =>
        kind === 'waiting' && !JSON.stringify(verdict).includes('refresh') && setImmediate(() => stop.abort()),
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'ABORTED',
      message: expect.stringContaining('its health is Progressing'),
    });
  });
});
