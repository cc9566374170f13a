import { expect, test } from '@jest/globals';
import { CliError } from '../errors.ts';
import { failureOf, failureText } from './failure.ts';

const error = new CliError('NOT_RUNNING', 'reading the state: none runs', {
  hint: 'start one',
  cause: new TypeError('no file'),
});

test('people read code, what was under way, the next step and the cause', () => {
  expect(failureText(error)).toBe(
    'error NOT_RUNNING  reading the state: none runs\n      hint   start one\n      cause  TypeError: no file\n',
  );
});

test('programs read the same as data', () => {
  expect(failureOf(error)).toEqual({
    code: 'NOT_RUNNING',
    message: 'reading the state: none runs',
    hint: 'start one',
    cause: 'TypeError: no file',
  });
});

test.each([
  { given: 'an error without a code', error: new Error('boom'), then: 'boom' },
  { given: 'something that is no error', error: 'boom', then: 'boom' },
])('given $given, then it is unexpected', ({ error: thrown, then }) => {
  expect(failureOf(thrown)).toEqual({ code: 'UNEXPECTED', message: then });
});
