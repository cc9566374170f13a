import { randomBytes } from 'node:crypto';
import { challengePath, challengeToken } from '@gatefleet/acme';
import { expect, test } from '@jest/globals';
import { ProbeTokens } from './probe-tokens.ts';

const key = randomBytes(32);
const at = (seconds: number, ...keys: Buffer[]) =>
  new ProbeTokens(
    () => (keys.length === 0 ? [key] : keys),
    () => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000),
  );

test('a token of one replica is answered by another, and fits the path of a challenge', () => {
  const { token, answer } = at(0).make();
  expect(at(2).answerOf(token)).toBe(answer);
  expect(challengeToken(challengePath(token))).toBe(token);
  expect(answer.startsWith(`${token}.`)).toBe(true);
});

test('a token is answered by a replica that has taken over another key before, or has not yet', () => {
  const next = randomBytes(32);
  for (const [maker, other] of [
    [at(0, next, key), at(0, key, next)],
    [at(0, key, next), at(0, next, key)],
  ] as const) {
    const { token, answer } = maker.make();
    expect(other.answerOf(token)).toBe(answer);
  }
});

test('no two are alike', () => {
  expect(at(0).make().token).not.toBe(at(0).make().token);
});

test.each([
  { given: 'one that is old', of: (token: string) => at(301).answerOf(token) },
  { given: 'a clock far behind', of: (token: string) => at(-400).answerOf(token) },
  { given: 'another environment', of: (token: string) => at(0, randomBytes(32)).answerOf(token) },
  { given: 'a token cut short', of: (token: string) => at(0).answerOf(token.slice(0, -2)) },
  { given: 'a longer one', of: (token: string) => at(0).answerOf(`${token}AAAA`) },
  { given: 'its other half', of: (token: string) => at(0).answerOf(at(0).make().token.slice(0, 20) + token.slice(20)) },
  { given: 'a CA’s own', of: () => at(0).answerOf('LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0') },
  { given: 'nothing', of: () => at(0).answerOf('') },
])('given $given, there is no answer', ({ of }) => {
  expect(of(at(0).make().token)).toBeUndefined();
});
