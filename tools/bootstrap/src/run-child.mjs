import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program in our place: its input and output are ours, it gets our signals, and its end is ours.
 *
 * In a session of its own, since a terminal's Ctrl-C reaches every process of ours, and npm passes it on once more:
 * a program that cleans up at the first must not be killed by the second. So each kind of signal is passed on once.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, stdio?: import('node:child_process').StdioOptions, group?: boolean }} options -
 *   `group`: signals go to what it has started too, for a program that would not pass them on
 * @returns {Promise<number>} its exit code, or 128 and the signal's number, as a shell has it
 */
export async function runChild(command, args, { cwd, env, stdio = 'inherit', group = false }) {
  const child = spawn(command, args, { cwd, env, stdio, detached: true });
  const sent = new Set();
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    if (sent.has(signal) || child.pid === undefined) return;
    sent.add(signal);
    try {
      process.kill(group ? -child.pid : child.pid, signal);
    } catch {
      // It has just ended.
    }
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, forward);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
  }
}
