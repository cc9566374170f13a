import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { findKey } from './key-traces.ts';

const generate = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const key = generate();
const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
const der = key.export({ type: 'pkcs8', format: 'der' });
const { d = '' } = key.export({ format: 'jwk' });

test.each([
  ['its PEM', pem],
  ['its PEM in JSON', JSON.stringify({ nested: JSON.stringify({ pem }) })],
  ['its PEM in another form', key.export({ type: 'sec1', format: 'pem' }).toString()],
  ['its DER in base64', der.toString('base64')],
  ['its DER in base64, one byte later', Buffer.concat([Buffer.from('x'), der]).toString('base64')],
  ['its DER in base64, two bytes later', Buffer.concat([Buffer.from('xy'), der]).toString('base64')],
  ['its DER in hexadecimal', der.toString('hex')],
  ['its JWK', JSON.stringify({ d })],
  ['hexadecimal with colons', Buffer.from(d, 'base64url').toString('hex').replaceAll(/../g, '$&:')],
])('a key is found in %s', (_, text) => {
  expect(findKey(`before ${text} after`, pem)).toBeDefined();
});

test('nothing is found in another key, nor in the public half', () => {
  expect(findKey(generate().export({ type: 'pkcs8', format: 'pem' }).toString(), pem)).toBeUndefined();
  const { d: _, ...publicHalf } = createPrivateKey(pem).export({ format: 'jwk' });
  expect(findKey(JSON.stringify(publicHalf), pem)).toBeUndefined();
});
