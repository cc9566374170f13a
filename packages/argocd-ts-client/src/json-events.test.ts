import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonEvents } from './json-events.ts';

async function read(text: string, cuts: readonly number[] = []): Promise<unknown[]> {
  const bytes = new TextEncoder().encode(text);
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let i = 0; i + 1 < places.length; i++) yield bytes.subarray(places[i], places[i + 1]);
  }
  const values: unknown[] = [];
  for await (const value of jsonEvents(chunks())) values.push(value);
  return values;
}

test('any values come out as they went in, wherever the stream is cut, however its lines end, and whatever stands between', async () => {
  const event = fc.record({
    value: fc.jsonValue(),
    space: fc.constantFrom('', ' '),
    before: fc.constantFrom('', ': a comment', 'event: x', 'id: 1', 'retry: 10'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(), { maxLength: 40 }),
      async (events, end, positions) => {
        const text = events
          .map(({ value, space, before }) => {
            const fields = before === '' ? '' : before + end;
            return `${fields}data:${space}${JSON.stringify(value)}${end}${end}`;
          })
          .join('');
        const length = new TextEncoder().encode(text).length;
        expect(
          await read(
            text,
            positions.map((position) => position % (length + 1)),
          ),
        ).toEqual(events.map(({ value }) => JSON.parse(JSON.stringify(value)) as unknown));
      },
    ),
    { numRuns: 500 },
  );
});

test('data on several lines is one value', async () => {
  expect(await read('data: {"a":\ndata: 1}\n\n')).toEqual([{ a: 1 }]);
});

test('an event that the end cuts off is none', async () => {
  expect(await read('data: 1\n\ndata: 2\n')).toEqual([1]);
});

test('data that is no JSON is an error of the protocol', async () => {
  await expect(read('data: <html>\n\n')).rejects.toMatchObject({ code: 'PROTOCOL' });
});
