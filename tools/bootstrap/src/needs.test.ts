import { expect, test } from '@jest/globals';
import { needsOf } from './needs.mjs';

test.each([
  { args: ['up'], local: true },
  { args: ['up', '--nodes', '4'], local: true },
  { args: ['test'], local: true },
  { args: ['up', '--help'], local: false },
  { args: ['down'], local: false },
  { args: ['generate', '--check'], local: false },
  { args: ['doctor'], local: false },
  { args: ['--help'], local: false },
  { args: [], local: false },
])('$args needs the local system: $local', ({ args, local }) => {
  expect(needsOf(args)).toEqual({ linux: local, systemPrograms: local });
});
