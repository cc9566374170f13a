import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const runner = fileURLToPath(new URL('./testing/run-script.mjs', import.meta.url));

/** Runs a script in the runner, which gets the signals named for each line that the script prints. */
async function run(
  script: string,
  signals: Record<string, NodeJS.Signals[]> = {},
): Promise<{ code: number | null; lines: string[] }> {
  const child = spawn(process.execPath, [runner, script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const signal of signals[line] ?? []) child.kill(signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines };
}

test('the exit code is passed on', async () => {
  expect(await run('process.exitCode = 3')).toEqual({ code: 3, lines: [] });
});

test('an end by a signal reads as in a shell', async () => {
  expect((await run("process.kill(process.pid, 'SIGKILL')")).code).toBe(137);
});

test('a signal is passed on once, so that cleaning up is not broken off by its repetition', async () => {
  const script = `
    process.once('SIGINT', () => {
      process.once('SIGTERM', () => { console.log('cleaned'); process.exit(130); });
      console.log('cleaning');
    });
    console.log('ready');
    setInterval(() => {}, 1000);
  `;
  const outcome = await run(script, { ready: ['SIGINT'], cleaning: ['SIGINT', 'SIGTERM'] });
  expect(outcome).toEqual({ code: 130, lines: ['ready', 'cleaning', 'cleaned'] });
});
