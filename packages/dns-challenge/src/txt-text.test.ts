import { expect, test } from '@jest/globals';
import { quotedTxt, unquotedTxt } from './txt-text.ts';

test.each([
  { value: 'abc', text: '"abc"' },
  { value: '', text: '""' },
  { value: 'ca.example; accounturi=https://a', text: '"ca.example; accounturi=https://a"' },
  { value: 'say "hi" \\o/', text: '"say \\"hi\\" \\\\o/"' },
  { value: 'a'.repeat(256), text: `"${'a'.repeat(255)}" "a"` },
])('$text is $value, both ways', ({ value, text }) => {
  expect(quotedTxt(value)).toBe(text);
  expect(unquotedTxt(text)).toBe(value);
});

test.each([
  { given: 'no quotes', text: 'abc', value: 'abc' },
  { given: 'escapes by number, which stay', text: '"\\052a"', value: '\\052a' },
  { given: 'strings without a space between', text: '"a""b"', value: 'ab' },
])('given $given, the value is $value', ({ text, value }) => {
  expect(unquotedTxt(text)).toBe(value);
});
