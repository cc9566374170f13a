import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { fingerprint } from '@gatefleet/certificate-commands';
import { readCipher, RecordCipher } from './record-cipher.ts';

const key = randomBytes(32).toString('base64');
const cipher = new RecordCipher(`${key}\n`);
const path = 'gatefleet/orders/a';

test('a sealed record opens at its own path, and shows nothing of what it holds', () => {
  const sealed = cipher.seal(path, 'a private key ü', 1);
  expect(sealed).not.toContain('private');
  expect(cipher.open(path, sealed)).toEqual({ plain: 'a private key ü', format: 1, key: fingerprint(key) });
  expect(cipher.seal(path, 'a private key ü', 1)).not.toBe(sealed);
});

test.each<{
  given: string;
  format?: number;
  at?: string;
  by?: RecordCipher;
  change?: (text: string) => string;
  code: string;
}>([
  { given: 'another path', at: 'gatefleet/orders/b', code: 'BAD_RECORD' },
  { given: 'another key', by: new RecordCipher(randomBytes(32).toString('base64')), code: 'WRONG_KEY' },
  {
    given: 'a changed byte',
    change: (text) => text.replace(/"data":"(.)/, (_, c: string) => `"data":"${c === 'A' ? 'B' : 'A'}`),
    code: 'BAD_RECORD',
  },
  { given: 'another format', change: (text) => text.replace('"v":1', '"v":2'), code: 'BAD_RECORD' },
  { given: 'the first format', format: 2, change: (text) => text.replace('"v":2', '"v":1'), code: 'BAD_RECORD' },
  { given: 'no format', change: (text) => text.replace('"v":1,', ''), code: 'BAD_RECORD' },
  { given: 'a tag cut off', change: (text) => text.replace(/"data":"[^"]+"/, '"data":"AAAA"'), code: 'BAD_RECORD' },
  { given: 'plain JSON', change: () => '{"privateKey":"x"}', code: 'BAD_RECORD' },
  { given: 'no JSON', change: () => 'x', code: 'BAD_RECORD' },
])(
  'given $given, the record does not open: $code',
  ({ format = 1, at = path, by = cipher, change = (text) => text, code }) => {
    const sealed = change(cipher.seal(path, 'secret text', format));
    expect(() => by.open(at, sealed)).toThrow(
      expect.objectContaining({ code, message: expect.not.stringContaining('secret') }),
    );
  },
);

test('what an earlier key sealed is opened; a key that is not there is named', () => {
  const next = randomBytes(32).toString('base64');
  const both = new RecordCipher(`${next}\n${key}\n`);
  expect(both.open(path, cipher.seal(path, 'secret text', 2))).toMatchObject({ plain: 'secret text', format: 2 });
  const anew = both.seal(path, 'secret text', 1);
  expect(new RecordCipher(next).open(path, anew)).toMatchObject({ plain: 'secret text', key: fingerprint(next) });
  expect(() => cipher.open(path, anew)).toThrow(
    expect.objectContaining({ code: 'WRONG_KEY', message: expect.stringContaining(fingerprint(next)) }),
  );
});

test.each([
  { given: 'nothing', bad: '' },
  { given: 'a further key that is bad', bad: `${key}\n${key.slice(4)}` },
  { given: '31 bytes', bad: randomBytes(31).toString('base64') },
  { given: '33 bytes', bad: randomBytes(33).toString('base64') },
  { given: 'hexadecimal', bad: randomBytes(32).toString('hex') },
  { given: 'not base64', bad: '!'.repeat(44) },
  { given: 'zeros', bad: Buffer.alloc(32).toString('base64') },
])('given $given as the key, it refuses to start', ({ bad }) => {
  expect(() => new RecordCipher(bad)).toThrow(expect.objectContaining({ code: 'BAD_KEY' }));
});

test('a file that is not there is named', async () => {
  await expect(readCipher('/nowhere/keys')).rejects.toMatchObject({
    code: 'BAD_KEY',
    message: expect.stringContaining('/nowhere/keys'),
    hint: expect.stringContaining('gatefleet-encryption-key'),
  });
});
