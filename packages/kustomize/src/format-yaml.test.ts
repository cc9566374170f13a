import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { formatYaml } from './format-yaml.ts';

const texts = [
  'n',
  'Y',
  'yes',
  'Off',
  '~',
  '',
  '1:30',
  '0o14',
  '014',
  '1_000',
  '0b1',
  '1e3',
  '.inf',
  '2026-01-02',
  '<<',
  'true',
  'plain',
];

test.each(texts)('the text %p stays text for readers of YAML 1.1 and 1.2', (text) => {
  const written = formatYaml({ text });
  expect(parse(written, { version: '1.1' })).toEqual({ text });
  expect(parse(written, { version: '1.2' })).toEqual({ text });
});

test('keys keep their order, long lines are not broken, and equal values are written out', () => {
  const long = 'word '.repeat(40).trim();
  const same = { a: 1 };
  expect(formatYaml({ z: long, a: same, b: same })).toBe(`z: ${long}\na:\n  a: 1\nb:\n  a: 1\n`);
});
