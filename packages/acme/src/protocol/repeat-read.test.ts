import { expect, test } from '@jest/globals';
import { AcmeError } from '../errors.ts';
import { repeatRead } from './repeat-read.ts';

const { signal } = new AbortController();
const lost = new AcmeError('UNREACHABLE', 'reading: broken off');

async function read(...answers: (string | Error)[]) {
  const slept: number[] = [];
  const clock = { now: () => new Date(0), sleep: async (milliseconds: number) => void slept.push(milliseconds) };
  const next = () => {
    const answer = answers.shift();
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const result = await repeatRead(next, clock, signal).catch((error: unknown) => error);
  return { result, slept };
}

test.each<{ given: string; answers: (string | Error)[]; result: unknown; slept: number[] }>([
  { given: 'an answer', answers: ['a'], result: 'a', slept: [] },
  { given: 'two lost answers', answers: [lost, lost, 'a'], result: 'a', slept: [100, 300] },
  {
    given: 'five lost answers',
    answers: [lost, lost, lost, lost, lost, 'a'],
    result: lost,
    slept: [100, 300, 900, 2_000],
  },
])('given $given', async ({ answers, result, slept }) => {
  expect(await read(...answers)).toEqual({ result, slept });
});

test.each([
  ['a refusal', new AcmeError('REFUSED', 'no', { status: 403 })],
  ['too many requests', new AcmeError('RATE_LIMITED', 'slow down')],
  ['a busy CA that says until when', new AcmeError('CA_BROKEN', 'busy', { retryAfter: new Date(1_000) })],
])('%s is not asked again', async (_, error) => {
  expect(await read(error, 'a')).toEqual({ result: error, slept: [] });
});
