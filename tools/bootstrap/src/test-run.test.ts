import { expect, test } from '@jest/globals';
import { planRuns } from './test-run.mjs';

test('unit tests run in parallel, the heavy ones file after file, with the words of the user before ours', () => {
  const runs = planRuns(['-t', 'leader', 'packages/acme']);
  expect(runs.map(({ name }) => name)).toEqual(['unit', 'real', 'faults', 'e2e']);
  for (const { name, args } of runs) {
    expect(args.slice(0, 3)).toEqual(['-t', 'leader', 'packages/acme']);
    expect(args.slice(-2)).toEqual(['--selectProjects', name]);
    expect(args.includes('--runInBand')).toBe(name !== 'unit');
  }
});

test('who selects projects gets one run of these', () => {
  const runs = planRuns(['--selectProjects', 'real']);
  expect(runs).toHaveLength(1);
  expect(runs[0]!.args.slice(-2)).toEqual(['--selectProjects', 'real']);
});
