import { createPublicKey } from 'node:crypto';
import { flattenedVerify, type FlattenedJWSInput } from 'jose';
import { expect, test } from '@jest/globals';
import { generatePrivateKey } from '../keys/private-key.ts';
import { importAccountKey } from './account-key.ts';

const header = { nonce: 'n1', url: 'https://ca.example.org/new-order' };

test('a signed request verifies, and its header says who, what and where', async () => {
  const pem = await generatePrivateKey();
  const key = await importAccountKey(pem);
  const jws = JSON.parse(
    await key.sign('{"a":1}', { ...header, kid: 'https://ca.example.org/account/1' }),
  ) as FlattenedJWSInput;
  const { payload, protectedHeader } = await flattenedVerify(jws, createPublicKey(pem));
  expect(Buffer.from(payload).toString()).toBe('{"a":1}');
  expect(protectedHeader).toEqual({ alg: 'ES256', ...header, kid: 'https://ca.example.org/account/1' });
});

test('a POST-as-GET has an empty payload, and a key that is sent along has no private part', async () => {
  const key = await importAccountKey(await generatePrivateKey());
  const jws = JSON.parse(await key.sign('', { ...header, jwk: key.publicJwk })) as {
    payload: string;
    protected: string;
  };
  expect(jws.payload).toBe('');
  const sent = JSON.parse(Buffer.from(jws.protected, 'base64url').toString()) as { jwk: object };
  expect(Object.keys(sent.jwk).sort()).toEqual(['crv', 'kty', 'x', 'y']);
});

test('the thumbprint is that of RFC 7638: the sorted members without spaces', async () => {
  const { publicJwk, thumbprint } = await importAccountKey(await generatePrivateKey());
  const { crv, kty, x, y } = publicJwk;
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(JSON.stringify({ crv, kty, x, y })));
  expect(thumbprint).toBe(Buffer.from(digest).toString('base64url'));
});
