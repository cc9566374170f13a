import 'reflect-metadata';
import { createPublicKey } from 'node:crypto';
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509';
import { expect, test } from '@jest/globals';
import { createCsr } from './csr.ts';
import { generatePrivateKey } from './private-key.ts';

test('a request names all names, nothing else, and is signed by its own P-256 key', async () => {
  const privateKey = await generatePrivateKey();
  const csr = await createCsr(['a.example.org', 'b.example.org'], privateKey);
  expect(csr).toMatch(/^[A-Za-z0-9_-]+$/);

  const request = new Pkcs10CertificateRequest(Buffer.from(csr, 'base64url'));
  expect(await request.verify()).toBe(true);
  expect(request.subject).toBe('');
  expect(request.extensions).toHaveLength(1);
  const names = new SubjectAlternativeNameExtension(request.extensions[0]?.rawData ?? new Uint8Array()).names.toJSON();
  expect(names).toEqual([
    { type: 'dns', value: 'a.example.org' },
    { type: 'dns', value: 'b.example.org' },
  ]);
  const ours = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  expect(Buffer.from(request.publicKey.rawData).equals(ours)).toBe(true);
  expect(createPublicKey(privateKey).asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
});
