import { expect, test } from '@jest/globals';
import { planRuns } from './test-run.mjs';

test('unit tests run in parallel, real ones in two rows, the heavy ones in one, with the words of the user before ours', () => {
  const groups = planRuns(['-t', 'leader', 'packages/acme']);
  expect(groups.map((group) => group.map(({ name }) => name))).toEqual([
    ['unit'],
    ['real-1', 'real-2'],
    ['faults'],
    ['e2e'],
  ]);
  for (const { name, args } of groups.flat()) {
    const project = name.replace(/-\d/, '');
    expect(args.slice(0, 3)).toEqual(['-t', 'leader', 'packages/acme']);
    expect(args.slice(-2)).toEqual(['--selectProjects', project]);
    expect(args.includes('--runInBand')).toBe(project !== 'unit');
    expect(args.filter((arg) => arg.startsWith('--shard'))).toEqual(
      project === 'real' ? [`--shard=${name.at(-1)}/2`] : [],
    );
  }
});

test('who selects projects gets one run of these', () => {
  const runs = planRuns(['--selectProjects', 'real']).flat();
  expect(runs).toHaveLength(1);
  expect(runs[0]!.args.slice(-2)).toEqual(['--selectProjects', 'real']);
});
