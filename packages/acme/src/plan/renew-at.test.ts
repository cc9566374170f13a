import { expect, test } from '@jest/globals';
import { renewAt } from './renew-at.ts';

test.each([
  { given: '90 days', notAfter: '2026-04-01T00:00:00.000Z', then: '2026-03-02T00:00:00.000Z' },
  {
    given: '10 days, the shortest that counts as long',
    notAfter: '2026-01-11T00:00:00.000Z',
    then: '2026-01-07T16:00:00.000Z',
  },
  { given: '160 hours', notAfter: '2026-01-07T16:00:00.000Z', then: '2026-01-04T08:00:00.000Z' },
  { given: '60 seconds', notAfter: '2026-01-01T00:01:00.000Z', then: '2026-01-01T00:00:30.000Z' },
])('given a life of $given, it is renewed at $then', ({ notAfter, then }) => {
  expect(renewAt({ serial: '0a', notBefore: '2026-01-01T00:00:00.000Z', notAfter }).toISOString()).toBe(then);
});

test.each(['2026-01-01T00:00:00.000Z', '2025-12-31T00:00:00.000Z', 'never'])(
  'given an end %s, the validity is refused',
  (notAfter) => {
    const bad = () => renewAt({ serial: '0a', notBefore: '2026-01-01T00:00:00.000Z', notAfter });
    expect(bad).toThrow(expect.objectContaining({ code: 'BAD_VALIDITY' }));
  },
);

const ninetyDays = { serial: '0a', notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2026-04-01T00:00:00.000Z' };

test('given a window of the CA, it is renewed inside, whatever two thirds of its life say', () => {
  const window = { start: '2026-01-10T00:00:00.000Z', end: '2026-01-12T00:00:00.000Z' };
  const instant = renewAt({ ...ninetyDays, window });
  expect(instant.getTime()).toBeGreaterThanOrEqual(Date.parse(window.start));
  expect(instant.getTime()).toBeLessThan(Date.parse(window.end));
});

test('given a window after its end, it is renewed with a fifth of its life left', () => {
  const window = { start: '2026-05-01T00:00:00.000Z', end: '2026-05-02T00:00:00.000Z' };
  expect(renewAt({ ...ninetyDays, window }).toISOString()).toBe('2026-03-14T00:00:00.000Z');
});
