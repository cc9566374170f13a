import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseEnvironment } from './parse-environment.ts';
import { anyEnvironment, anyInvalidEnvironment } from './testing/any-environment.ts';

test('a valid document is read, the same whether it is written as YAML or as JSON', () => {
  fc.assert(
    fc.property(anyEnvironment, ({ name, text, document }) => {
      const file = `overlays/${name}/environment.yaml`;
      const read = parseEnvironment(text, file);
      expect(read).toMatchObject({ kind: 'valid' });
      expect(parseEnvironment(JSON.stringify(document), file)).toEqual(read);
    }),
    { numRuns: 300 },
  );
});

test('every mistake of a document is named, at a line of the document', () => {
  fc.assert(
    fc.property(anyInvalidEnvironment, ({ name, text, mistakes }) => {
      const result = parseEnvironment(text, `overlays/${name}/environment.yaml`);
      expect(result.kind).toBe('invalid');
      if (result.kind === 'valid') return;
      const named = result.errors.map(({ path }) => path);
      for (const path of mistakes) expect(named).toContain(path);
      const lines = text.split('\n').length;
      for (const { line } of result.errors) expect(line).toBeLessThanOrEqual(lines);
    }),
    { numRuns: 300 },
  );
});
