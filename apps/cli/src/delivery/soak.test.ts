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

/** `a1` and `a2` have the version that is promoted, `b` another one. */
const versionAt = new Map([
  ['a1', 'version a'],
  ['a2', 'version a'],
  ['b', 'version b'],
]);

test.each<Given>([
  {
    given: 'the version ran in health for just as long as asked',
    history: [['a1', 0]],
    healthySince: 1,
    then: { kind: 'proven', revision: 'a1', since: new Date(at(1)) },
  },
  {
    given: 'later commits that left the version as it was',
    history: [
      ['a1', 0],
      ['a2', 25],
    ],
    healthySince: 1,
    then: { kind: 'proven', revision: 'a2', since: new Date(at(1)) },
  },
  {
    given: 'another version came between',
    history: [
      ['a1', 0],
      ['b', 10],
      ['a2', 20],
    ],
    healthySince: 1,
    then: {
      kind: 'unproven',
      reason: `staging has run it in health only since ${at(20)}`,
      until: new Date(at(50)),
    },
  },
  {
    given: 'it became healthy a short while ago',
    history: [['a1', 0]],
    healthySince: 30,
    then: {
      kind: 'unproven',
      reason: `staging has run it in health only since ${at(30)}`,
      until: new Date(at(60)),
    },
  },
  {
    given: 'another version runs',
    history: [['b', 0]],
    then: { kind: 'unproven', reason: 'staging runs b, which has another version' },
  },
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
      sync: { status: 'Synced' },
      ...status,
    },
  };
  const question = { application, version: 'version a', versionAt, forMs: 30 * minute, now: new Date(at(31)) };
  expect(judgeSoak(question)).toEqual(then);
});
