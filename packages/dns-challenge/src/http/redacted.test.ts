import { expect, test } from '@jest/globals';
import { redacted } from './redacted.ts';

test.each([
  { given: 'no secret', text: 'Record does not exist', secrets: [], then: 'Record does not exist' },
  {
    given: 'a secret twice',
    text: 'Bearer tok-12345, tok-12345',
    secrets: ['tok-12345'],
    then: 'Bearer [secret], [secret]',
  },
  { given: 'a secret in a URL', text: '?t=a%2Fb%3Dcdef', secrets: ['a/b=cdef'], then: '?t=[secret]' },
  { given: 'a secret in JSON', text: '{"t":"a\\nbcdef"}', secrets: ['a\nbcdef'], then: '{"t":"[secret]"}' },
  { given: 'an empty secret', text: 'all of it', secrets: [''], then: 'all of it' },
  { given: 'several lines', text: ' a\r\n\u001b[31mb ', secrets: [], then: 'a [31mb' },
  { given: 'a page', text: 'x'.repeat(5_000), secrets: [], then: 'x'.repeat(400) },
])('given $given, that is all that changes', ({ text, secrets, then }) => {
  expect(redacted(text, secrets)).toBe(then);
});
