import { expect, test } from '@jest/globals';
import { stopSignalNumber } from './stop-signal.ts';

test.each([
  ['RUNTIME_DEFAULT', 15],
  ['SIGQUIT', 3],
  ['SIGUSR1', 10],
  ['SIGRTMIN', 34],
  ['SIGRTMINPLUS3', 37],
  ['SIGRTMAX', 64],
  ['SIGRTMAXMINUS1', 63],
])('%s is %d', (name, number) => {
  expect(stopSignalNumber(name)).toBe(number);
});
