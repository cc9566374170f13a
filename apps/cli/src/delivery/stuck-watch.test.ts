import { expect, test } from '@jest/globals';
import type { Application } from 'argocd-ts-client';
import type { StuckPod } from './stuck-pods.ts';
import { StuckWatch } from './stuck-watch.ts';

const commit = 'c0ffee0000000000000000000000000000000001';
const other = 'c0ffee0000000000000000000000000000000002';
const began = '2026-01-01T00:01:00Z';

/** A gateway's Pod, made so many seconds after the operation began. */
const pod = (afterS: number): StuckPod => ({
  namespace: 'gatefleet',
  pod: 'traefik-7d9c-x2x4f',
  container: 'traefik',
  createdMs: Date.parse(began) + afterS * 1000,
  madeBy: 'traefik-7d9c',
  reason: 'CrashLoopBackOff',
  message: 'back-off 10s',
});
const old = pod(-60);
const young = pod(1);

const deployment = (status: string) => ({ group: 'apps', kind: 'Deployment', name: 'traefik', status });
const after = (revision: string, compared = revision, resources: readonly object[] = []): Application =>
  ({
    status: {
      sync: { status: 'Synced', revision: compared },
      operationState: { phase: 'Succeeded', startedAt: began, syncResult: { revision } },
      resources,
    },
  }) as Application;

type Look = readonly [seconds: number, stuck: StuckPod | undefined, application: Application | undefined];

test.each<{ given: string; looks: readonly Look[]; then: number | 'none' }>([
  {
    given: 'a Pod of the commit',
    looks: [
      [0, young, after(commit)],
      [14, young, after(commit)],
      [15, young, after(commit)],
    ],
    then: 15,
  },
  {
    given: 'a Pod that ran for a moment in between',
    looks: [
      [0, young, after(commit)],
      [10, undefined, after(commit)],
      [15, young, after(commit)],
    ],
    then: 'none',
  },
  {
    given: 'a Pod that is older than the operation',
    looks: [
      [0, old, after(commit)],
      [44, old, after(commit)],
      [45, old, after(commit)],
    ],
    then: 45,
  },
  {
    given: 'an Argo CD that has not told yet',
    looks: [
      [0, old, undefined],
      [300, old, undefined],
    ],
    then: 'none',
  },
  {
    given: 'a Pod of the commit before, as long as Argo CD is at that',
    looks: [
      [0, young, after(other)],
      [300, young, after(other)],
      [310, old, after(commit)],
      [354, old, after(commit)],
    ],
    then: 'none',
  },
  {
    given: 'an operation at another commit that waits for what is stuck',
    looks: [
      [0, young, { ...after(other), operation: { sync: { revision: other } } }],
      [44, young, { ...after(other), operation: { sync: { revision: other } } }],
      [45, young, { ...after(other), operation: { sync: { revision: other } } }],
    ],
    then: 45,
  },
  {
    given: 'a Pod whose Deployment comes later in this sync',
    looks: [
      [0, old, after(commit, commit, [deployment('OutOfSync')])],
      [300, old, after(commit, commit, [deployment('OutOfSync')])],
      [302, old, after(commit, commit, [deployment('Synced')])],
      [346, old, after(commit, commit, [deployment('Synced')])],
    ],
    then: 'none',
  },
  {
    given: 'a Deployment that is as in the commit',
    looks: [
      [0, old, after(commit, commit, [deployment('Synced')])],
      [45, old, after(commit, commit, [deployment('Synced')])],
    ],
    then: 45,
  },
  {
    given: 'something else of that name that differs',
    looks: [
      [0, old, after(commit, commit, [{ kind: 'Service', name: 'traefik', status: 'OutOfSync' }])],
      [45, old, after(commit, commit, [{ kind: 'Service', name: 'traefik', status: 'OutOfSync' }])],
    ],
    then: 45,
  },
  {
    given: 'a rollback, after which the source is at another commit',
    looks: [
      [0, young, after(commit, other, [deployment('OutOfSync')])],
      [15, young, after(commit, other, [deployment('OutOfSync')])],
    ],
    then: 15,
  },
  {
    given: 'a commit that changes nothing here',
    looks: [
      [0, old, after(other, commit)],
      [45, old, after(other, commit)],
    ],
    then: 45,
  },
])('given $given, the answer comes at second $then', ({ looks, then }) => {
  const watch = new StuckWatch(commit);
  const answer = looks.find(
    ([seconds, stuck, application]) =>
      watch.look(stuck === undefined ? [] : [stuck], application, seconds * 1000) !== undefined,
  );
  expect(answer?.[0] ?? 'none').toBe(then);
});
