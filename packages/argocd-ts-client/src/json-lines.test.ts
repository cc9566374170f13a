import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonLines } from './json-lines.ts';

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (let i = 0; i + 1 < places.length; i++) yield bytes.subarray(places[i], places[i + 1]);
}

async function read(text: string, cuts: readonly number[] = []): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of jsonLines(chunksOf(new TextEncoder().encode(text), cuts))) values.push(value);
  return values;
}

test('any values come out as they went in, wherever the stream is cut and however its lines end', async () => {
  const stream = fc.array(fc.record({ value: fc.jsonValue(), end: fc.constantFrom('\n', '\r\n', '\n\n') }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(
      stream,
      fc.infiniteStream(fc.nat()),
      fc.nat({ max: 40 }),
      fc.boolean(),
      async (lines, positions, cuts, isOpen) => {
        const text = lines.map(({ value, end }) => JSON.stringify(value) + end).join('');
        const sent = isOpen ? text.trimEnd() : text;
        const length = new TextEncoder().encode(sent).length;
        const places = Array.from({ length: cuts }, () => (positions.next().value as number) % (length + 1));
        expect(await read(sent, places)).toEqual(
          lines.map(({ value }) => JSON.parse(JSON.stringify(value)) as unknown),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test('a character cut in the middle of its bytes stays whole', async () => {
  const text = '{"a":"ü€😀"}\n';
  const every = Array.from({ length: new TextEncoder().encode(text).length }, (_, i) => i);
  expect(await read(text, every)).toEqual([{ a: 'ü€😀' }]);
});

test('a line that is no JSON is an error of the protocol', async () => {
  await expect(read('{"a":1}\n<html>\n')).rejects.toMatchObject({ code: 'PROTOCOL' });
});

test('a stream that breaks off within a line is an error that may pass, after what was whole', async () => {
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const value of jsonLines(chunksOf(new TextEncoder().encode('{"a":1}\n{"b":'), []))) seen.push(value);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(seen).toEqual([{ a: 1 }]);
});
