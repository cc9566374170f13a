import { expect, test } from '@jest/globals';
import { needsOf } from './needs.mjs';
import { clusterPrograms, testPrograms } from './system-programs.mjs';

const needsNamed = {
  nothing: { linux: false, systemPrograms: [] },
  'what a cluster does': { linux: true, systemPrograms: clusterPrograms },
  'what tests do': { linux: true, systemPrograms: [...clusterPrograms, ...testPrograms] },
};

test.each<{ args: readonly string[]; needs: keyof typeof needsNamed }>([
  { args: ['up'], needs: 'what a cluster does' },
  { args: ['up', '--nodes', '4'], needs: 'what a cluster does' },
  { args: ['test'], needs: 'what tests do' },
  { args: ['up', '--help'], needs: 'nothing' },
  { args: ['down'], needs: 'nothing' },
  { args: ['generate', '--check'], needs: 'nothing' },
  { args: ['doctor'], needs: 'nothing' },
  { args: ['--help'], needs: 'nothing' },
  { args: [], needs: 'nothing' },
])('$args needs of the system $needs', ({ args, needs }) => {
  expect(needsOf(args)).toEqual(needsNamed[needs]);
});
