/** Runs the script in its first argument by `runChild`, so that a test can send signals to the process between. */
import { runChild } from '../run-child.mjs';

const script = /** @type {string} */ (process.argv[2]);
process.exitCode = await runChild(process.execPath, ['-e', script], { cwd: '/', env: process.env });
