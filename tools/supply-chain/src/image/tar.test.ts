import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { tarOf, type TarEntry } from './tar.ts';

const entries: TarEntry[] = [
  { path: 'usr/bin/program', kind: 'file', content: Buffer.from('x'.repeat(600)), executable: true },
  { path: 'etc/passwd', kind: 'file', content: Buffer.from('root\n') },
  { path: 'lib/library.so', kind: 'link', target: 'library.so.1' },
  { path: 'tmp', kind: 'folder', mode: 0o1777 },
  { path: 'home/nonroot', kind: 'folder', mode: 0o700, owner: 65_532 },
];

test('tar reads it: sorted, with the folders above, owned and aged as asked for', () => {
  const { stdout } = spawnSync('tar', ['--list', '--verbose', '--numeric-owner', '--utc', '-f', '-'], {
    input: tarOf(entries, 86_400),
    encoding: 'utf8',
  });
  const lines = stdout.trim().split('\n');
  expect(lines.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 etc/',
    '-rw-r--r-- 0/0 5 1970-01-02 00:00 etc/passwd',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 home/',
    'drwx------ 65532/65532 0 1970-01-02 00:00 home/nonroot/',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 lib/',
    'lrwxrwxrwx 0/0 0 1970-01-02 00:00 lib/library.so -> library.so.1',
    'drwxrwxrwt 0/0 0 1970-01-02 00:00 tmp/',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 usr/',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 usr/bin/',
    '-rwxr-xr-x 0/0 600 1970-01-02 00:00 usr/bin/program',
  ]);
});

test('the order in which entries are given makes no difference', () => {
  expect(tarOf(entries.toReversed(), 0).equals(tarOf(entries, 0))).toBe(true);
});

test('a path that a tar cannot hold is refused, not cut', () => {
  expect(() => tarOf([{ path: 'x'.repeat(101), kind: 'file', content: Buffer.alloc(0) }], 0)).toThrow(RangeError);
});
