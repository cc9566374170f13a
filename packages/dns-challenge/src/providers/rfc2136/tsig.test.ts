import { expect, test } from '@jest/globals';
import { signMessage, verifyAnswer, type TsigKey } from './tsig.ts';
import { updateMessage } from './update-message.ts';

const now = new Date('2026-03-01T12:00:00Z');
const key: TsigKey = { name: 'acme.example', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) };
const edit = { kind: 'add', value: 'abc' } as const;
const question = updateMessage({ zone: 'example.com', fqdn: '_acme-challenge.example.com', edit }, 0x1234);
const { mac } = signMessage(question, key, now);
/** The same message as an answer. */
const answer = Buffer.from(question);
answer.writeUInt16BE(answer.readUInt16BE(2) | 0x8000, 2);
const signed = signMessage(answer, key, now, mac).message;
const seconds = (count: number) => new Date(now.getTime() + count * 1_000);

test.each<{ given: string; then: string; bytes?: Buffer; by?: TsigKey; mac?: Buffer; at?: Date }>([
  { given: 'what the server signed', then: 'valid' },
  { given: 'clocks 300 seconds apart', at: seconds(300), then: 'valid' },
  { given: 'clocks 301 seconds apart', at: seconds(-301), then: 'invalid' },
  { given: 'no signature', bytes: answer, then: 'unsigned' },
  { given: 'the answer to another question', mac: Buffer.alloc(32), then: 'invalid' },
  { given: 'a signature without the question', bytes: signMessage(answer, key, now).message, then: 'invalid' },
  { given: 'another secret', by: { ...key, secret: Buffer.alloc(32, 8) }, then: 'invalid' },
  { given: 'another key', by: { ...key, name: 'acme.example2' }, then: 'invalid' },
  { given: 'another algorithm', by: { ...key, algorithm: 'hmac-sha512' }, then: 'invalid' },
])('given $given, the answer is $then', ({ bytes = signed, by = key, mac: requestMac = mac, at = now, then }) => {
  expect(verifyAnswer(bytes, by, requestMac, at).kind).toBe(then);
});

test('no changed octet goes unnoticed', () => {
  const verdicts = [...signed.keys()].map((at) => {
    const changed = Buffer.from(signed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    return { at, kind: verifyAnswer(changed, key, mac, now).kind };
  });
  // Not signed: the identifier, which is compared with the question's, and class and TTL of the signature itself.
  const classAt = answer.length + 'acme.example'.length + 2 + 2;
  const unsigned = new Set([0, 1, ...Array.from({ length: 6 }, (_, index) => classAt + index)]);
  expect(verdicts.filter(({ at, kind }) => kind === 'valid' && !unsigned.has(at))).toEqual([]);
});

test('no shorter piece of it is valid', () => {
  const kinds = [...signed.keys()].map((length) => verifyAnswer(signed.subarray(0, length), key, mac, now).kind);
  expect(kinds.filter((kind) => kind === 'valid')).toEqual([]);
});
