/**
 * The part of Jest's JSON that is counted.
 * @typedef {object} JestResult
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites files that failed before a test of theirs ran
 *
 * One run of Jest.
 * @typedef {object} TestRun
 * @property {JestResult | undefined} result undefined when Jest wrote none
 * @property {number} exitCode
 *
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * Adds up runs. What fails without failing a test counts as a failure: a file that does not load, a Jest that crashes.
 * @param {readonly TestRun[]} runs
 * @returns {Counts}
 */
export function countTests(runs) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { result, exitCode } of runs) {
    const failed = result === undefined ? 0 : result.numFailedTests + result.numRuntimeErrorTestSuites;
    counts.passed += result?.numPassedTests ?? 0;
    counts.failed += failed === 0 && (exitCode !== 0 || result === undefined) ? 1 : failed;
    counts.skipped += result === undefined ? 0 : result.numPendingTests + result.numTodoTests;
  }
  return counts;
}

/**
 * The last line of a run.
 * @param {Counts} counts
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Nothing that ran is a failure too.
 * @param {Counts} counts
 */
export function exitCodeOf({ passed, failed }) {
  return failed > 0 || passed === 0 ? 1 : 0;
}
