import { relative } from 'node:path';
import { clearInterval, setInterval, setTimeout } from 'node:timers';
import { endLeftPrograms } from './left-programs.mjs';

const sayEveryMs = 30_000;
/** Jest's own ends take about a second. */
const endAfterMs = 30_000;

/**
 * A Jest reporter for long tests: a line for each test as it ends, and one now and then while one is at work.
 * Jest itself is silent until a file is through, and waits without end for a program that a test has left running.
 */
export default class LifeReporter {
  /**
   * @param {{ rootDir: string }} globalConfig
   * @param {{ endAfterMs?: number }} [options]
   */
  constructor({ rootDir }, options = {}) {
    this.rootDir = rootDir;
    this.endAfterMs = options.endAfterMs ?? endAfterMs;
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
    const end = () => {
      for (const command of endLeftPrograms(process.pid))
        say(`tests left this running, which is ended now: ${command}`);
      say('Jest did not end by itself: see --detectOpenHandles');
      process.exit(1);
    };
    setTimeout(end, this.endAfterMs).unref();
  }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
