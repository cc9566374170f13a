import { expect, test } from '@jest/globals';
import { caId, certificateId } from './certificate-id.ts';

test('one set of names has one id, however it is ordered, spelled or repeated', () => {
  const id = certificateId(['a.example.org', 'b.example.org']);
  expect(certificateId(['B.example.org', 'a.example.org', 'A.EXAMPLE.ORG'])).toBe(id);
  expect(id).toMatch(/^[0-9a-f]{64}$/);
});

test('sets that differ have ids that differ, even where their joined names do not', () => {
  const sets = [
    ['a.example.org'],
    ['b.example.org'],
    ['a.example.org', 'b.example.org'],
    ['a.example.orgb.example.org'],
  ];
  expect(new Set(sets.map(certificateId)).size).toBe(sets.length);
});

test.each([
  ['https://acme-v02.api.letsencrypt.org/directory', /^acme-v02\.api\.letsencrypt\.org-[0-9a-f]{8}$/],
  ['https://[::1]:14000/dir', /^---1--[0-9a-f]{8}$/],
])('the id of %s is safe as a key', (url, id) => {
  expect(caId(url)).toMatch(id);
});

test('two directories on one host have different ids', () => {
  expect(caId('https://ca.example.org/a')).not.toBe(caId('https://ca.example.org/b'));
});
