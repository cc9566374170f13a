import { expect, test } from '@jest/globals';
import { closingLine, countTests, exitCodeOf, tellFailed } from './test-counts.mjs';

const result = (counts: Partial<Record<'passed' | 'failed' | 'pending' | 'todo' | 'broken', number>>) => ({
  numPassedTests: counts.passed ?? 0,
  numFailedTests: counts.failed ?? 0,
  numPendingTests: counts.pending ?? 0,
  numTodoTests: counts.todo ?? 0,
  numRuntimeErrorTestSuites: counts.broken ?? 0,
  testResults: [],
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

test('what failed is told again at the end: each test, and each file that did not load, with the beginning of why', () => {
  const long = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');
  const testResults = [
    { name: '/r/a.test.ts', status: 'passed', message: '', assertionResults: [] },
    {
      name: '/r/b.test.ts',
      status: 'failed',
      message: 'both of them',
      assertionResults: [
        { fullName: 'holds', status: 'passed', failureMessages: [] },
        { fullName: 'breaks', status: 'failed', failureMessages: ['expected \u001b[32m1\u001b[39m'] },
        { fullName: 'breaks at length', status: 'failed', failureMessages: [long] },
      ],
    },
    { name: '/r/c.test.ts', status: 'failed', message: 'no such module\n', assertionResults: [] },
  ];
  const told = tellFailed(
    [green, { result: { ...result({}), testResults }, exitCode: 1 }, { ...green, result: undefined }],
    '/r',
  );
  expect(told).toEqual([
    'failed: b.test.ts: breaks\n  expected 1',
    `failed: b.test.ts: breaks at length\n${Array.from({ length: 20 }, (_, i) => `  line ${i}`).join('\n')}`,
    'failed: c.test.ts\n  no such module',
  ]);
});
