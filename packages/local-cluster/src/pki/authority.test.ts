import { X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createAuthority } from './authority.ts';

test('a certificate is the CA’s, names who it is for, and ends in a month', async () => {
  const now = new Date('2026-01-02T00:00:00Z');
  const authority = await createAuthority('test', now);
  const { certificate, key } = await authority.issue({
    commonName: 'system:node:node-1',
    organizations: ['system:nodes'],
    dnsNames: ['node-1'],
    addresses: ['10.100.0.11'],
  });
  const leaf = new X509Certificate(certificate);
  expect(leaf.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(leaf.subject).toBe('O=system:nodes\nCN=system:node:node-1');
  expect(leaf.subjectAltName).toBe('DNS:node-1, IP Address:10.100.0.11');
  expect(leaf.validToDate).toEqual(new Date('2026-02-01T00:00:00Z'));
  expect(leaf.ca).toBe(false);
  expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
});
