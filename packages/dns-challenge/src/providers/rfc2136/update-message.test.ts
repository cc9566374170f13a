import { expect, test } from '@jest/globals';
import { updateMessage } from './update-message.ts';

const header = (type: string) => `0007 2800 0001 0000 0001 0000 ${type}`;
const zone = '07 6578616d706c65 03 636f6d 00 0006 0001';
const name = '05 5f61636d65 07 6578616d706c65 03 636f6d 00';

test.each([
  { kind: 'add', value: 'abc', bytes: `${name} 0010 0001 0000003c 0004 03 616263` },
  { kind: 'remove', value: 'abc', bytes: `${name} 0010 00fe 00000000 0004 03 616263` },
  { kind: 'add', value: 'a'.repeat(256), bytes: `${name} 0010 0001 0000003c 0102 ff ${'61'.repeat(255)} 01 61` },
] as const)('to $kind a value is one record', ({ kind, value, bytes }) => {
  const message = updateMessage({ zone: 'example.com', fqdn: '_acme.example.com', edit: { kind, value } }, 7);
  expect(message.toString('hex')).toBe(`${header(zone)} ${bytes}`.replaceAll(' ', ''));
});
