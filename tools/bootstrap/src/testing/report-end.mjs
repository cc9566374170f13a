/** Ends a run of tests that has left a program running, for a test of the reporter. */
import { spawn } from 'node:child_process';
import LifeReporter from '../life-reporter.mjs';

const left = spawn('sleep', ['1234']);
process.stdout.write(`${left.pid}\n`);
new LifeReporter({ rootDir: '/' }, { endAfterMs: 100 }).onRunComplete();
