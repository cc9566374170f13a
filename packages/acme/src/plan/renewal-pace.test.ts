import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { RenewalPace } from './renewal-pace.ts';
import { renewAt } from './renew-at.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const iso = (time: number) => new Date(time).toISOString();

interface Kept {
  readonly id: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/** Looks whenever something may begin, as the controller does, and notes when each renewal begins. A clock that steps jumps at `from`. */
function simulate(kept: readonly Kept[], from: number, pace = new RenewalPace()) {
  const begun = new Map<string, number>();
  let now = from;
  while (begun.size < kept.length) {
    const due = kept
      .filter(({ id }) => !begun.has(id))
      .filter((each) => renewAt(each).getTime() <= now)
      .sort((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
    const times = pace.beginAt(due, now);
    for (const { id } of due) if ((times.get(id) ?? Infinity) <= now) begun.set(id, now);
    const later = [
      ...[...times].filter(([id]) => !begun.has(id)).map(([, at]) => at),
      ...kept.filter(({ id }) => !begun.has(id)).map((each) => renewAt(each).getTime()),
    ].filter((at) => at > now);
    if (later.length === 0 && begun.size < kept.length) throw new Error('nothing will ever begin');
    now = Math.min(...later);
  }
  return begun;
}

const anyKept = fc
  .array(fc.record({ issuedAt: fc.nat(30 * DAY_MS), lifeMs: fc.constantFrom(MINUTE_MS, 7 * DAY_MS, 90 * DAY_MS) }), {
    minLength: 1,
    maxLength: 80,
  })
  .map((all) =>
    all.map(({ issuedAt, lifeMs }, index): Kept => {
      const id = String(index);
      return { id, serial: id, notBefore: iso(issuedAt), notAfter: iso(issuedAt + lifeMs) };
    }),
  );

test('after any outage and any step of the clock each is renewed, ten at once and one a second, or in a tenth of the life left', () => {
  fc.assert(
    fc.property(anyKept, fc.nat(120 * DAY_MS), (kept, from) => {
      const begun = simulate(kept, from);
      const free: number[] = [];
      for (const each of kept) {
        const at = begun.get(each.id) ?? Infinity;
        const seenAt = Math.max(from, renewAt(each).getTime());
        const tenth = Math.max(0, Date.parse(each.notAfter) - seenAt) / 10;
        expect(at - seenAt).toBeLessThanOrEqual(tenth);
        // Those that had time to wait, and not those that could not.
        if (at - seenAt < Math.floor(tenth)) free.push(at);
      }
      free.sort((a, b) => a - b);
      const herd = free.findIndex((at, index) => (free[index + 10] ?? Infinity) - at < 1_000);
      expect(herd).toBe(-1);
    }),
    { numRuns: 25 },
  );
});

test('a thousand that fell due while the controller was away take a quarter of an hour, the first to end first', () => {
  const kept = Array.from({ length: 1_000 }, (_, index): Kept => {
    const id = String(index);
    const [notBefore, notAfter] = [iso(index * MINUTE_MS), iso(index * MINUTE_MS + 90 * DAY_MS)];
    return { id, serial: id, notBefore, notAfter };
  });
  const begun = [...simulate(kept, 70 * DAY_MS)];
  expect(begun.map(([id]) => Number(id))).toEqual(kept.map((_, index) => index));
  expect(begun.at(-1)?.[1]).toBe(70 * DAY_MS + 990_000);
});

test('a clock that went back and forth again makes nobody wait for what never was', () => {
  const pace = new RenewalPace();
  const due = Array.from({ length: 500 }, (_, index) => ({ id: String(index), notAfter: iso(90 * DAY_MS) }));
  pace.beginAt(due, 80 * DAY_MS);
  pace.beginAt([], 10 * DAY_MS);
  const one = { id: 'one', notAfter: iso(40 * DAY_MS) };
  expect(pace.beginAt([one], 30 * DAY_MS).get('one')).toBe(30 * DAY_MS);
});
