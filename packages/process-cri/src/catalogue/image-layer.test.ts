import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CatalogueImage } from './catalogue.ts';
import { prepareImage } from './image-layer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const prepare = (files: object) =>
  prepareImage({ id: 'sha256:1', reference: 'test:1', image: CatalogueImage.parse({ files }) }, join(folder, 'layers'));
const program = (mode: number) => {
  const path = join(folder, 'program');
  writeFileSync(path, 'content');
  chmodSync(path, mode);
  return path;
};

test('files below /usr are in the layer, others are not', () => {
  const image = prepare({
    '/usr/local/bin/tool': { source: program(0o755) },
    '/usr/local/bin/alias': { link: 'tool' },
    '/etc/tool.conf': { text: 'x' },
  });
  expect(readFileSync(join(image.usrLayer ?? '', 'local/bin/tool'), 'utf8')).toBe('content');
  expect(readlinkSync(join(image.usrLayer ?? '', 'local/bin/alias'))).toBe('tool');
  expect(image.otherFiles.map(([path]) => path)).toEqual(['/etc/tool.conf']);
});

test('an image without files below /usr has no layer', () => {
  expect(prepare({ '/app': { folder: true } }).usrLayer).toBeUndefined();
});

test('a program that all can run is linked; one that only its owner can run is copied so that all can', () => {
  const linked = prepare({ '/usr/bin/open': { source: program(0o755) } });
  expect(statSync(join(linked.usrLayer ?? '', 'bin/open')).nlink).toBe(2);
  rmSync(join(folder, 'program'));
  const copied = prepare({ '/usr/bin/shut': { source: program(0o700) } });
  const stat = lstatSync(join(copied.usrLayer ?? '', 'bin/shut'));
  expect([stat.nlink, stat.mode & 0o777]).toEqual([1, 0o755]);
});

test('the same content gives the same layer, a rebuilt program a new one', () => {
  const source = program(0o755);
  const first = prepare({ '/usr/bin/tool': { source } }).usrLayer;
  expect(prepare({ '/usr/bin/tool': { source } }).usrLayer).toBe(first);
  utimesSync(source, 1, 1);
  expect(prepare({ '/usr/bin/tool': { source } }).usrLayer).not.toBe(first);
});

test.each([
  ['/no/such/file', 'does not exist'],
  ['/usr', 'not a file'],
])('a source %s is an error that says it %s', (source, reason) => {
  expect(() => prepare({ '/usr/bin/tool': { source } })).toThrow(reason);
});
