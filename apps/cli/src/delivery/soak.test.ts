import { expect, test } from '@jest/globals';
import type { Application } from 'argocd-ts-client';
import { judgeSoak, type Soak } from './soak.ts';

const minute = 60_000;
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1) + minutes * minute).toISOString();

interface Given {
  readonly given: string;
  /** Commits and when each was deployed, the oldest first. */
  readonly history?: readonly (readonly [string, number])[];
  readonly healthySince?: number;
  readonly status?: Application['status'];
  readonly then: Soak;
}

/** `a1` and `a2` are made of the same, `b` of something else; this clone lacks `x`. */
const sourcesAt = new Map([
  ['a1', 'a'],
  ['a2', 'a'],
  ['b', 'b'],
]);

const short = (since: number): Soak => ({
  kind: 'unproven',
  reason: `staging has run it in health only since ${at(since)}`,
  until: new Date(at(since + 30)),
});

test.each<Given>([
  {
    given: 'it ran in health for just as long as asked',
    history: [['a1', 0]],
    healthySince: 1,
    then: { kind: 'proven', revision: 'a1', since: new Date(at(1)) },
  },
  {
    given: 'a later deployment of the same sources',
    history: [
      ['a1', 0],
      ['a2', 25],
    ],
    healthySince: 1,
    then: { kind: 'proven', revision: 'a2', since: new Date(at(1)) },
  },
  {
    given: 'a later commit that changed nothing of it',
    history: [['a1', 0]],
    status: { sync: { status: 'Synced', revision: 'c' } },
    then: { kind: 'proven', revision: 'c', since: new Date(at(0)) },
  },
  {
    given: 'something else ran between',
    history: [
      ['a1', 0],
      ['b', 10],
      ['a2', 20],
    ],
    then: short(20),
  },
  {
    given: 'something else ran before',
    history: [
      ['b', 0],
      ['a1', 20],
    ],
    then: short(20),
  },
  {
    given: 'commits that this clone lacks',
    history: [
      ['y', 0],
      ['x', 10],
      ['x', 20],
    ],
    then: short(10),
  },
  { given: 'it became healthy a short while ago', history: [['a1', 0]], healthySince: 30, then: short(30) },
  { given: 'nothing was deployed', then: { kind: 'unproven', reason: 'staging has deployed nothing' } },
  {
    given: 'it is not healthy with it',
    history: [['a1', 0]],
    status: { health: { status: 'Degraded' } },
    then: { kind: 'unproven', reason: 'staging is Degraded with it' },
  },
  {
    given: 'someone changed it by hand',
    history: [['a1', 0]],
    status: { sync: { status: 'OutOfSync' } },
    then: { kind: 'unproven', reason: 'staging is OutOfSync: what runs there is not what git says' },
  },
  {
    given: 'a sync is under way',
    history: [['a1', 0]],
    status: { operationState: { phase: 'Running' } },
    then: { kind: 'unproven', reason: 'staging is being synced' },
  },
])('given $given, then $then.kind', ({ history = [], healthySince = 0, status, then }) => {
  const application: Application = {
    metadata: { name: 'staging' },
    status: {
      history: history.map(([revision, minutes], id) => ({ id, revision, deployedAt: at(minutes) })),
      health: { status: 'Healthy', lastTransitionTime: at(healthySince) },
      sync: { status: 'Synced', revision: history.at(-1)?.[0] ?? '' },
      ...status,
    },
  };
  expect(judgeSoak({ application, sourcesAt, forMs: 30 * minute, now: new Date(at(31)) })).toEqual(then);
});
