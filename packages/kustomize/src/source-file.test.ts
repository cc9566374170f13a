import { expect, test } from '@jest/globals';
import { inlineDocuments, SourceFile, type Path } from './source-file.ts';

const text = `# Generated from ../environment.yaml (spec.store, spec.gateway.resources) by \`gatefleet generate dev\`. Edit that file instead.
kind: A
spec:
  list: # the list
    - name: x # not a # comment of its own
      'quoted # no comment': "1 # neither"
    - name: y
  patch: |-
    kind: B
    metadata:
      name: inner
---
kind: C
`;
const file = new SourceFile('overlays/dev/patches/a.yaml', text);
const place = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;

test.each<[Path, { atKey?: boolean }, string]>([
  [['spec', 'list', 1, 'name'], {}, '7:13'],
  [['spec', 'list', 1, 'name'], { atKey: true }, '7:7'],
  [['spec', 'list', 1, 'image'], {}, '7:7'],
  [['spec', 'list', 7], {}, '4:3'],
  [['metadata', 'name'], {}, '2:1'],
  [[], {}, '2:1'],
])('%j %j is placed at %s', (path, options, expected) => {
  expect(place(file.documents[0]!.positionOf(path, options))).toBe(expected);
});

test('an inline patch is placed in the file that holds it', () => {
  const [inner] = inlineDocuments(file.documents[0]!, ['spec', 'patch']);
  expect(inner?.value).toEqual({ kind: 'B', metadata: { name: 'inner' } });
  expect(inner?.positionOf(['metadata', 'name'])).toEqual({ file: file.path, line: 11, column: 13 });
});

test('a second document knows its own lines', () => {
  expect(place(file.documents[1]!.positionOf(['kind']))).toBe('13:7');
});

test('comments are found with their places, and nothing else with a # in it', () => {
  expect(file.comments.map(({ line, column, text: comment }) => `${line}:${column} ${comment.slice(0, 20)}`)).toEqual([
    '1:1 Generated from ../en',
    '4:9 the list',
    '5:15 not a # comment of i',
  ]);
});

test('the header tells source, fields and command', () => {
  expect(file.generatedFrom).toEqual({
    file: 'overlays/dev/environment.yaml',
    fields: ['spec.store', 'spec.gateway.resources'],
    command: 'gatefleet generate dev',
  });
  expect(new SourceFile('a.yaml', 'kind: A\n').generatedFrom).toBeUndefined();
});

test('what is not YAML has an error with its place, and no documents', () => {
  const broken = new SourceFile('a.yaml', 'a: 1\n  b: 2\n');
  expect(broken.documents).toEqual([]);
  expect(broken.error).toMatchObject({ position: { file: 'a.yaml', line: 1 } });
});
