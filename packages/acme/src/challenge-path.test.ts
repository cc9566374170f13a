import { expect, test } from '@jest/globals';
import { challengePath, challengeToken } from './challenge-path.ts';

const token = 'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0';

test('the path of a challenge gives its token', () => {
  expect(challengeToken(`/.well-known/acme-challenge/${token}`)).toBe(token);
});

test.each([
  '/',
  '/.well-known/acme-challenge/',
  '/.well-known/acme-challenge/short',
  `/.well-known/acme-challenge/${'a'.repeat(129)}`,
  `/.well-known/acme-challenge/${token}/`,
  `/.well-known/acme-challenge/${token}?x=1`,
  `/.well-known/acme-challenge/../${token}`,
  `/.well-known/acme-challenge/%2e%2e%2f${token}`,
  `/.well-known/acme-challenge/${token}\n`,
  `/.well-known/acme-challenge//${token}`,
  `/.Well-Known/acme-challenge/${token}`,
  `//.well-known/acme-challenge/${token}`,
  `http://a.example.org/.well-known/acme-challenge/${token}`,
])('%j is not one', (path) => {
  expect(challengeToken(path)).toBeUndefined();
});

test('the path of a token leads back to it', () => {
  expect(challengeToken(challengePath('evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ'))).toBe('evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ');
});
