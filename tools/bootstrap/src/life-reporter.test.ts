import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

test('a run whose tests leave a program running ends all the same: it names it, ends it, and fails', async () => {
  const script = fileURLToPath(new URL('./testing/report-end.mjs', import.meta.url));
  const outcome = await new Promise<{ code: unknown; pid: number; said: string }>((resolve) =>
    execFile(process.execPath, [script], (error, stdout, said) =>
      resolve({ code: error?.code, pid: Number(stdout), said }),
    ),
  );
  expect(outcome.code).toBe(1);
  expect(outcome.said).toContain('tests left this running, which is ended now: sleep 1234');
  while (existsSync(`/proc/${outcome.pid}/exe`)) await sleep(20); // a link that only what runs has
});

test('a run that leaves nothing is not kept by the reporter', async () => {
  const script = "new (await import(process.argv[1])).default({ rootDir: '/' }).onRunComplete()";
  const reporter = fileURLToPath(new URL('./life-reporter.mjs', import.meta.url));
  const error = await new Promise((resolve) =>
    execFile(process.execPath, ['--input-type=module', '-e', script, reporter], resolve),
  );
  expect(error).toBeNull();
});
