import { expect, test } from '@jest/globals';
import { cgiHead } from './cgi-response.ts';

test.each([
  {
    given: 'a status and a body',
    text: 'Status: 404 Not Found\r\nExpires: 0\r\n\r\nbody',
    then: { status: 404, headers: { expires: '0' }, rest: 'body' },
  },
  {
    given: 'no status',
    text: 'Content-Type: text/plain\r\n\r\n',
    then: { status: 200, headers: { 'content-type': 'text/plain' }, rest: '' },
  },
  {
    given: 'bare line feeds',
    text: 'A: b: c\n\nrest\n\nmore',
    then: { status: 200, headers: { a: 'b: c' }, rest: 'rest\n\nmore' },
  },
])('given $given, the head is told from the body', ({ text, then }) => {
  const head = cgiHead(Buffer.from(text, 'latin1'));
  expect({ ...head, rest: head?.rest.toString('latin1') }).toEqual(then);
});

test('given half a head, it waits for more', () => {
  expect(cgiHead(Buffer.from('Status: 200 OK\r\nExpi'))).toBeUndefined();
});

test.each([{ text: 'no colon here\r\n\r\n' }, { text: 'x'.repeat(70_000) }])(
  'given $text.length characters that are no head, it throws',
  ({ text }) => {
    expect(() => cgiHead(Buffer.from(text))).toThrow(/CGI head/);
  },
);
