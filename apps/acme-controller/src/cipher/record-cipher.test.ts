import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { RecordCipher } from './record-cipher.ts';

const key = randomBytes(32).toString('base64');
const cipher = new RecordCipher(`${key}\n`);
const path = 'gatefleet/orders/a';

test('a sealed record opens at its own path, and shows nothing of what it holds', () => {
  const sealed = cipher.seal(path, 'a private key ü');
  expect(sealed).not.toContain('private');
  expect(cipher.open(path, sealed)).toBe('a private key ü');
  expect(cipher.seal(path, 'a private key ü')).not.toBe(sealed);
});

test.each<{ given: string; at?: string; by?: RecordCipher; change?: (text: string) => string; code: string }>([
  { given: 'another path', at: 'gatefleet/orders/b', code: 'BAD_RECORD' },
  { given: 'another key', by: new RecordCipher(randomBytes(32).toString('base64')), code: 'WRONG_KEY' },
  {
    given: 'a changed byte',
    change: (text) => text.replace(/"data":"(.)/, (_, c: string) => `"data":"${c === 'A' ? 'B' : 'A'}`),
    code: 'BAD_RECORD',
  },
  { given: 'a tag cut off', change: (text) => text.replace(/"data":"[^"]+"/, '"data":"AAAA"'), code: 'BAD_RECORD' },
  { given: 'plain JSON', change: () => '{"privateKey":"x"}', code: 'BAD_RECORD' },
  { given: 'no JSON', change: () => 'x', code: 'BAD_RECORD' },
])('given $given, the record does not open: $code', ({ at = path, by = cipher, change = (text) => text, code }) => {
  const sealed = change(cipher.seal(path, 'secret text'));
  expect(() => by.open(at, sealed)).toThrow(
    expect.objectContaining({ code, message: expect.not.stringContaining('secret') }),
  );
});

test.each([
  { given: 'nothing', bad: '' },
  { given: '31 bytes', bad: randomBytes(31).toString('base64') },
  { given: '33 bytes', bad: randomBytes(33).toString('base64') },
  { given: 'hexadecimal', bad: randomBytes(32).toString('hex') },
  { given: 'not base64', bad: '!'.repeat(44) },
  { given: 'zeros', bad: Buffer.alloc(32).toString('base64') },
])('given $given as the key, it refuses to start', ({ bad }) => {
  expect(() => new RecordCipher(bad)).toThrow(expect.objectContaining({ code: 'BAD_KEY' }));
});
