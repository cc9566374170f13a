import { expect, test } from '@jest/globals';
import { planRetention, snapshotName, takenAt } from './snapshot-files.ts';

const at = (day: number) => snapshotName('dev', new Date(Date.UTC(2026, 10, day, 20, 17, 5, 999)));

test('a name tells environment and second', () => {
  expect(at(28)).toBe('gatefleet-dev-20261128T201705Z.snapshot');
  expect(takenAt('dev', at(28))).toBe(Date.UTC(2026, 10, 28, 20, 17, 5));
});

test.each([
  'gatefleet-staging-20261128T201705Z.snapshot',
  'gatefleet-dev-20261128T201705Z.snapshot.part',
  'gatefleet-dev-2026.snapshot',
  'gatefleet-dev-20269999T999999Z.snapshot',
  'lost+found',
])('%s is no snapshot of dev', (name) => {
  expect(takenAt('dev', name)).toBeUndefined();
});

test.each<{ given: readonly string[]; keep: number; goes: readonly string[] }>([
  { given: [], keep: 1, goes: [] },
  { given: [at(3), at(1), at(2)], keep: 3, goes: [] },
  { given: [at(3), at(1), at(2)], keep: 1, goes: [at(1), at(2)] },
  { given: [at(2), 'gatefleet-staging-20000101T000000Z.snapshot', 'notes', at(1)], keep: 1, goes: [at(1)] },
])('of $given, $keep are kept and $goes goes', ({ given, keep, goes }) => {
  expect(planRetention('dev', given, keep)).toEqual(goes);
});
