import { expect, test } from '@jest/globals';
import { findSystemPrograms, runProgram } from './run-program.ts';

test('a program that fails is told with its last words', async () => {
  await expect(runProgram('sh', ['-c', 'echo no such thing >&2; exit 4'])).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: expect.stringMatching(/exit code 4\nno such thing/),
  });
});

test('what a program reads and prints passes through whole', async () => {
  expect(await runProgram('cat', [], { input: 'one\ntwo\n' })).toBe('one\ntwo\n');
});

test('given programs that are missing, then the one command that installs them is told', async () => {
  const search = findSystemPrograms('/nowhere', []);
  await expect(search).rejects.toMatchObject({
    code: 'PROGRAM_MISSING',
    hint: expect.stringMatching(/^install them: sudo apt-get install .*conmon/),
  });
});
