import { CriError } from '../errors.ts';

/**
 * The next free address of a range. It goes on after `last`, so that an address rests before another Pod gets it. The range's first and
 * last address are not given out.
 *
 * @param range - e.g. `10.100.1.0/24`.
 * @throws {@link CriError} `RESOURCE_EXHAUSTED` when all are taken.
 */
export function nextAddress(range: string, taken: ReadonlySet<string>, last: string | undefined): string {
  const { first, count } = parseRange(range);
  const before = last === undefined ? 0 : toNumber(last) - first;
  const from = before >= 0 && before < count ? before : 0;
  for (let step = 1; step <= count; step++) {
    const offset = (from + step) % count;
    if (offset === 0 || offset === count - 1) continue;
    const address = toText(first + offset);
    if (!taken.has(address)) return address;
  }
  throw new CriError('RESOURCE_EXHAUSTED', `giving a Pod an address: all of ${range} are taken`, {
    hint: 'remove Pods or add a node',
  });
}

function parseRange(range: string): { first: number; count: number } {
  const [address = '', bits = ''] = range.split('/');
  const count = 2 ** (32 - Number(bits));
  const number = toNumber(address);
  return { first: number - (number % count), count };
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
