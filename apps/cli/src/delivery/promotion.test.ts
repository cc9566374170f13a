import { expect, test } from '@jest/globals';
import type { Environment } from '@gatefleet/environment';
import { environmentNamed } from '@gatefleet/environment/testing';
import { planPromotion, type BranchChange, type PromotionPlan } from './promotion.ts';
import type { Soak } from './soak.ts';

const since = new Date(Date.UTC(2026, 0, 1));
const proven: Soak = { kind: 'proven', revision: 'a1', since };
const unproven: Soak = { kind: 'unproven', reason: 'staging is Degraded with it' };
const rolledBack: BranchChange = { kind: 'rolled-back', promoted: 'p1' };

test.each<{
  given: string;
  to?: Environment;
  change?: BranchChange;
  soak?: Soak;
  paused?: string;
  then: PromotionPlan;
}>([
  { given: 'a commit that was proven', then: { kind: 'promote', revision: 'a1', since } },
  { given: 'nothing new', change: { kind: 'none' }, soak: unproven, then: { kind: 'same' } },
  {
    given: 'a commit that was not proven',
    soak: unproven,
    then: { kind: 'refused', reason: 'staging is Degraded with it' },
  },
  {
    given: 'a commit that was rolled back from',
    change: rolledBack,
    then: {
      kind: 'refused',
      reason:
        'production was rolled back from it: push a commit that mends it, or bring it back as it was with `gatefleet rollback production --to p1`',
    },
  },
  {
    given: 'an environment that is promoted from another one',
    to: environmentNamed('production', { promotion: { from: 'qa' } }),
    then: { kind: 'refused', reason: 'production is promoted from qa, and not from staging (spec.promotion.from)' },
  },
  {
    given: 'an environment that follows the main branch',
    to: environmentNamed('dev'),
    then: {
      kind: 'refused',
      reason: 'dev follows main, which a push moves: only an environment with spec.promotion.from is promoted to',
    },
  },
  {
    given: 'an environment that is paused',
    paused: 'by a@example.com: incident',
    then: { kind: 'refused', reason: 'production is paused: by a@example.com: incident' },
  },
])(
  'given $given, then $then.kind',
  ({
    to = environmentNamed('production', { promotion: { from: 'staging' } }),
    change = { kind: 'new' },
    soak = proven,
    paused,
    then,
  }) => {
    expect(planPromotion({ from: environmentNamed('staging'), to, change, soak, paused })).toEqual(then);
  },
);
