import { relative } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

const sayEveryMs = 30_000;

/**
 * A Jest reporter for long tests: a line for each test as it ends, and one now and then while one is at work.
 * Jest itself is silent until a file is through.
 */
export default class LifeReporter {
  /** @param {{ rootDir: string }} globalConfig */
  constructor({ rootDir }) {
    this.rootDir = rootDir;
    /** @type {NodeJS.Timeout | undefined} */
    this.saying = undefined;
  }

  /** @param {{ path: string }} test */
  onTestFileStart({ path }) {
    const file = relative(this.rootDir, path);
    const startedAt = Date.now();
    say(file);
    this.saying = setInterval(
      () => say(`${file}: ${Math.round((Date.now() - startedAt) / 1000)} s so far`),
      sayEveryMs,
    );
    this.saying.unref();
  }

  /**
   * @param {unknown} _test
   * @param {{ status: string, fullName: string, duration?: number | null }} result
   */
  onTestCaseResult(_test, { status, fullName, duration }) {
    if (status === 'passed' || status === 'failed')
      say(`  ${status} ${fullName} (${((duration ?? 0) / 1000).toFixed(1)} s)`);
  }

  onTestFileResult() {
    clearInterval(this.saying);
  }

  onRunComplete() {
    clearInterval(this.saying);
  }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
