import { expect, test } from '@jest/globals';
import { closingLine, countTests, exitCodeOf } from './test-counts.mjs';

const result = (counts: Partial<Record<'passed' | 'failed' | 'pending' | 'todo' | 'broken', number>>) => ({
  numPassedTests: counts.passed ?? 0,
  numFailedTests: counts.failed ?? 0,
  numPendingTests: counts.pending ?? 0,
  numTodoTests: counts.todo ?? 0,
  numRuntimeErrorTestSuites: counts.broken ?? 0,
});
const green = { result: result({ passed: 3 }), exitCode: 0 };

test.each([
  { given: 'all pass', runs: [green, green], line: '6 passed, 0 failed', code: 0 },
  {
    given: 'one fails',
    runs: [green, { result: result({ passed: 1, failed: 1 }), exitCode: 1 }],
    line: '4 passed, 1 failed',
    code: 1,
  },
  {
    given: 'some are skipped or to be written',
    runs: [{ result: result({ passed: 2, pending: 3, todo: 1 }), exitCode: 0 }],
    line: '2 passed, 0 failed, 4 skipped',
    code: 0,
  },
  {
    given: 'a file does not load',
    runs: [{ result: result({ passed: 5, broken: 1 }), exitCode: 1 }],
    line: '5 passed, 1 failed',
    code: 1,
  },
  {
    given: 'Jest ends without a result',
    runs: [green, { result: undefined, exitCode: 134 }],
    line: '3 passed, 1 failed',
    code: 1,
  },
  {
    given: 'Jest fails though no test did',
    runs: [{ result: result({ passed: 3 }), exitCode: 1 }],
    line: '3 passed, 1 failed',
    code: 1,
  },
  { given: 'nothing ran', runs: [{ result: result({}), exitCode: 0 }], line: '0 passed, 0 failed', code: 1 },
])('given $given, the last line is "$line"', ({ runs, line, code }) => {
  const counts = countTests(runs);
  expect(closingLine(counts)).toBe(line);
  expect(exitCodeOf(counts)).toBe(code);
});
