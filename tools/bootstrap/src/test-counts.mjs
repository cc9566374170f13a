import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * The part of Jest's JSON that is read.
 * @typedef {object} JestResult
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites files that failed before a test of theirs ran
 * @property {readonly FileResult[]} testResults
 *
 * @typedef {object} FileResult
 * @property {string} name path of the file
 * @property {string} status
 * @property {string} message what the file failed with, of all its tests
 * @property {readonly { fullName: string, status: string, failureMessages: readonly string[] }[]} assertionResults
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

/** Of what a test failed with; all of it is where the test ended. */
const LINES = 20;

/**
 * Each test that failed, with the beginning of why: where it ended is thousands of lines above the end of the whole.
 * @param {readonly TestRun[]} runs
 * @param {string} root which paths are told from
 * @returns {string[]} empty when none did
 */
export function tellFailed(runs, root) {
  return runs
    .flatMap(({ result }) => result?.testResults ?? [])
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(root, name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      return failed.length === 0
        ? [`failed: ${file}\n${beginning(message)}`]
        : failed.map((test) => `failed: ${file}: ${test.fullName}\n${beginning(test.failureMessages.join('\n'))}`);
    });
}

/** @param {string} text */
function beginning(text) {
  return stripVTControlCharacters(text)
    .trimEnd()
    .split('\n')
    .slice(0, LINES)
    .map((line) => `  ${line}`)
    .join('\n');
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
