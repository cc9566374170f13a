import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Application, ApplicationEvent, Applications } from './applications.ts';
import { arrived, commit, other } from './testing/application.ts';
import { FakeArgoCd } from './testing/fake-argocd.ts';
import type { WaitVerdict } from './wait-verdict.ts';

/** What both implementations promise, held against the protocol fake. */
export function testApplications(name: string, connect: (server: string, token: string) => Applications): void {
  describe(name, () => {
    let fake: FakeArgoCd;
    let applications: Applications;

    beforeEach(async () => {
      fake = new FakeArgoCd();
      applications = connect(await fake.listen(), fake.token);
    });
    afterEach(() => fake.close());

    /** Only one of the two ways in tells of it: the other one's get answers after it. */
    const isRefreshing = (verdict: WaitVerdict) => verdict.kind === 'waiting' && verdict.until === 'the refresh';

    /** Reads events until one satisfies, and gives all. */
    async function eventsUntil(
      events: AsyncIterator<ApplicationEvent>,
      isLast: (event: ApplicationEvent) => boolean,
    ): Promise<string[]> {
      const seen: string[] = [];
      for (;;) {
        const { value, done } = await events.next();
        if (done === true) throw new Error(`the watch ended after ${seen.join(', ')}`);
        seen.push(`${value.type} ${value.application.metadata?.name}`);
        if (isLast(value)) return seen;
      }
    }

    test('gets one, and a name that is none is NOT_FOUND', async () => {
      fake.put('local', arrived());
      expect((await applications.get('local')).status?.sync?.revision).toBe(commit);
      await expect(applications.get('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a refresh answers with the state after it', async () => {
      fake.put('local', arrived({ sync: { revision: other } }));
      const refresh = fake.refresh;
      fake.refresh = (app) => {
        fake.update(app, (current) => ({
          ...current,
          status: { ...current.status, sync: { status: 'Synced', revision: commit } },
        }));
        return refresh(app);
      };
      const application = await applications.get('local', { refresh: 'hard' });
      expect(application.status?.sync?.revision).toBe(commit);
      expect(application.metadata?.annotations).toEqual({});
    });

    test('lists all, by selector and by project', async () => {
      expect(await applications.list()).toEqual([]);
      fake.put('a', arrived({}, { spec: { project: 'one' }, metadata: { labels: { team: 'x' } } }));
      fake.put('b', arrived({}, { spec: { project: 'two' } }));
      const names = (found: readonly Application[]) => found.map(({ metadata }) => metadata?.name);
      expect(names(await applications.list())).toEqual(['a', 'b']);
      expect(names(await applications.list({ selector: 'team=x' }))).toEqual(['a']);
      expect(names(await applications.list({ projects: ['two'] }))).toEqual(['b']);
    });

    test('a sync sets the operation, and a second one is a CONFLICT', async () => {
      fake.put('local', arrived());
      await applications.sync('local', { revision: commit, prune: true });
      expect(fake.read('local').operation?.sync).toMatchObject({ revision: commit, prune: true });
      expect(fake.read('local').status?.operationState).toBeUndefined();
      await expect(applications.sync('local')).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    test('a patch merges: it adds, changes and removes', async () => {
      fake.put('local', arrived({}, { metadata: { annotations: { old: '1', kept: '1' } }, spec: { project: 'one' } }));
      const annotations = { old: null, new: '2' };
      const patched = await applications.patch('local', { metadata: { annotations }, spec: { project: 'two' } });
      expect(patched.metadata?.annotations).toEqual({ kept: '1', new: '2' });
      expect(fake.read('local').spec?.project).toBe('two');
      await expect(applications.patch('none', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('a rollback starts the operation of that deployment; without it, or with automated syncs, it is refused', async () => {
      fake.put('local', arrived({ history: [{ id: 3, revision: other }] }, { spec: { syncPolicy: {} } }));
      await expect(applications.rollback('local', { id: 9 })).rejects.toMatchObject({ code: 'INVALID' });
      await applications.rollback('local', { id: 3, prune: true });
      expect(fake.read('local').operation?.sync).toMatchObject({ revision: other, prune: true });
      await expect(applications.rollback('local', { id: 3 })).rejects.toMatchObject({ code: 'CONFLICT' });
      fake.put('auto', arrived({ history: [{ id: 3, revision: other }] }, { spec: { syncPolicy: { automated: {} } } }));
      await expect(applications.rollback('auto', { id: 3 })).rejects.toMatchObject({ code: 'PRECONDITION' });
    });

    test('a watch tells what is there, then each change, then a deletion, and ends by its signal', async () => {
      fake.put('a', arrived());
      fake.put('b', arrived());
      const stop = new AbortController();
      const events = applications.watch({ signal: stop.signal })[Symbol.asyncIterator]();
      const first = await eventsUntil(events, ({ application }) => application.metadata?.name === 'b');
      expect(first).toEqual(['added a', 'added b']);
      fake.update('a', (current) => ({ ...current, operation: {} }));
      fake.put('c', arrived());
      fake.remove('b');
      expect(await eventsUntil(events, ({ type }) => type === 'deleted')).toEqual([
        'modified a',
        'added c',
        'deleted b',
      ]);
      stop.abort();
      expect((await events.next()).done).toBe(true);
    });

    test('a watch of one tells nothing of others', async () => {
      fake.put('a', arrived());
      fake.put('b', arrived());
      const stop = new AbortController();
      const events = applications.watch({ name: 'b', signal: stop.signal })[Symbol.asyncIterator]();
      expect(await eventsUntil(events, () => true)).toEqual(['added b']);
      fake.update('a', (current) => current);
      fake.update('b', (current) => current);
      expect(await eventsUntil(events, () => true)).toEqual(['modified b']);
      stop.abort();
    });

    test('a watch that was cut goes on: nothing lost, nothing told twice', async () => {
      for (const app of ['a', 'b', 'c']) fake.put(app, arrived());
      const stop = new AbortController();
      const events = applications.watch({ signal: stop.signal })[Symbol.asyncIterator]();
      await eventsUntil(events, ({ application }) => application.metadata?.name === 'c');
      fake.cutStreams(() => {
        fake.remove('a');
        fake.update('b', (current) => ({ ...current, operation: {} }));
        fake.put('d', arrived());
      });
      const seen = await eventsUntil(events, ({ application }) => application.metadata?.name === 'd');
      expect(seen.sort()).toEqual(['added d', 'deleted a', 'modified b']);
      fake.failNext(503, 'starting');
      fake.cutStreams(() => fake.put('e', arrived()));
      expect(await eventsUntil(events, () => true)).toEqual(['added e']);
      fake.cutStreams(
        () => {
          fake.update('b', (current) => current);
          fake.remove('c');
        },
        { remembers: true },
      );
      const last = await eventsUntil(events, ({ type }) => type === 'deleted');
      expect(last.at(-1)).toBe('deleted c');
      expect(last.length).toBeLessThanOrEqual(2);
      stop.abort();
    });

    test('a watch that may not be is an error at once', async () => {
      fake.failNext(403, { message: 'permission denied', code: 7 });
      const events = applications.watch()[Symbol.asyncIterator]();
      await expect(events.next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    test('leaving a watch closes its stream', async () => {
      fake.put('a', arrived());
      for await (const event of applications.watch()) {
        expect(event.type).toBe('added');
        break;
      }
      await new Promise<void>((resolve) => {
        const look = () => (fake.openStreams === 0 ? resolve() : setImmediate(look));
        look();
      });
      expect(fake.openStreams).toBe(0);
    });

    test('a wait follows the refresh, the sync and the health to the end, and then leaves no stream', async () => {
      fake.put(
        'local',
        arrived({
          sync: { status: 'OutOfSync', revision: commit },
          operationState: { phase: 'Succeeded', syncResult: { revision: other } },
        }),
      );
      const steps: ((current: Application) => Application)[] = [
        (current) => ({ ...current, operation: { sync: {} } }),
        ({ operation: _, ...current }) => ({
          ...arrived({ health: { status: 'Progressing' } }),
          metadata: current.metadata ?? {},
        }),
        (current) => ({ ...arrived(), metadata: current.metadata ?? {} }),
      ];
      const told: string[] = [];
      const result = await applications.wait('local', {
        revision: commit,
        onProgress(verdict: WaitVerdict) {
          if (isRefreshing(verdict)) return;
          told.push(verdict.kind === 'waiting' ? verdict.until : verdict.kind);
          const step = steps.shift();
          if (step !== undefined) setImmediate(() => fake.update('local', step));
        },
      });
      expect(result).toMatchObject({ kind: 'arrived', by: 'operation' });
      expect(told).toEqual([
        'the automated sync to start',
        'the operation: it is about to start',
        'health: its health is Progressing',
        'arrived',
      ]);
    });

    test('a wait for what failed for good answers at once, and for what may recover after its patience', async () => {
      fake.put(
        'local',
        arrived({ operationState: { phase: 'Failed', message: 'no', syncResult: { revision: commit } } }),
      );
      expect(await applications.wait('local', { revision: commit, patienceMs: 1e9 })).toMatchObject({
        kind: 'failed',
        reason: 'SyncFailed',
        message: 'no',
      });
      fake.put('local', arrived({ health: { status: 'Degraded' } }));
      expect(await applications.wait('local', { revision: commit })).toMatchObject({
        kind: 'failed',
        reason: 'Degraded',
      });
      const recovered = applications.wait('local', {
        revision: commit,
        patienceMs: 1e9,
        onProgress: ({ kind }) => kind === 'failed' && setImmediate(() => fake.put('local', arrived())),
      });
      expect(await recovered).toMatchObject({ kind: 'arrived' });
      fake.put('local', arrived({ health: { status: 'Degraded' } }));
      expect(await applications.wait('local', { revision: commit, patienceMs: 20 })).toMatchObject({
        kind: 'failed',
        reason: 'Degraded',
      });
    });

    test('a wait sees past a comparison that was behind the sync, without any patience', async () => {
      fake.put('local', arrived({ sync: { status: 'OutOfSync', revision: commit } }, { spec: { project: 'local' } }));
      const told: unknown[] = [];
      const result = await applications.wait('local', {
        revision: commit,
        onProgress(verdict) {
          if (isRefreshing(verdict)) return;
          told.push(verdict.kind === 'failed' ? verdict.reason : verdict.kind);
          if (verdict.kind === 'failed') setImmediate(() => fake.put('local', arrived()));
        },
      });
      expect(result).toMatchObject({ kind: 'arrived', by: 'operation' });
      expect(told).toEqual(['OutOfSync', 'arrived']);
    });

    test('a wait for an application that is deleted meanwhile says so', async () => {
      fake.put('local', arrived({ health: { status: 'Progressing' } }));
      const result = await applications.wait('local', {
        revision: commit,
        onProgress: () => setImmediate(() => fake.remove('local')),
      });
      expect(result).toMatchObject({ kind: 'failed', reason: 'Deleted' });
    });

    test('a wait that is given up says what it waited for', async () => {
      fake.put('local', arrived({ health: { status: 'Progressing' } }));
      const stop = new AbortController();
      const waiting = applications.wait('local', {
        revision: commit,
        signal: stop.signal,
        onProgress: (verdict) => isRefreshing(verdict) || setImmediate(() => stop.abort()),
      });
      await expect(waiting).rejects.toMatchObject({
        code: 'ABORTED',
        message: expect.stringContaining('its health is Progressing'),
      });
    });

    test('a wrong token is UNAUTHENTICATED, and is not in the error', async () => {
      fake.put('local', arrived());
      const stranger = connect(fake.address, 'very-secret');
      const error: unknown = await stranger.get('local').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
      expect(JSON.stringify(error) + String(error)).not.toContain('very-secret');
    });

    test('no server is UNAVAILABLE', async () => {
      const gone = connect(fake.address, fake.token);
      await fake.close();
      await expect(gone.list()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      fake = new FakeArgoCd();
      await fake.listen();
    });
  });
}
