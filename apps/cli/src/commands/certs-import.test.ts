import { expect, test } from '@jest/globals';
import { lineOf } from './certs-import.ts';

const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'];
const certificate = {
  names: ['a.example'],
  chain: 'c',
  privateKey: 'KEY',
  serial: '0a',
  notBefore: from,
  notAfter: to,
};

test('what is told of an import shows no key', () => {
  const line = lineOf({ kind: 'import', source: 's', certificate: { ...certificate, source: 's' }, replaces: from });
  expect(line).toEqual({
    kind: 'import',
    source: 's',
    names: ['a.example'],
    notAfter: to,
    reason: `replaces one until ${from}`,
  });
  expect(JSON.stringify(line)).not.toContain('KEY');
});

test('a refusal keeps its reason', () => {
  expect(lineOf({ kind: 'refuse', source: 's', reason: 'it has no key' })).toEqual({
    ...{ kind: 'refuse', source: 's', names: [], reason: 'it has no key' },
  });
});
