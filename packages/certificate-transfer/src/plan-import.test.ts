import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planImport, type ExistingCertificate } from './plan-import.ts';
import type { ReadResult, TransferredCertificate } from './transferred-certificate.ts';

const now = new Date('2026-02-01T00:00:00.000Z');
const day = (count: number) => new Date(now.getTime() + count * 86_400_000).toISOString();
const incoming = (names: readonly string[], notAfter: string): TransferredCertificate => ({
  ...{ names, notAfter, source: 'x', chain: 'chain', privateKey: 'key', serial: '01', notBefore: day(-30) },
});
const only = (certificate: TransferredCertificate): ReadResult => ({
  ...{ certificates: [certificate], refused: [], duplicates: [] },
});

test.each<[string, readonly ExistingCertificate[], object]>([
  ['is imported where there is none', [], { kind: 'import' }],
  [
    'is imported in place of one that ends earlier',
    [{ names: ['b.example.org', 'A.example.org'], notAfter: day(9) }],
    { kind: 'import', replaces: day(9) },
  ],
  [
    'is imported in place of one that has ended',
    [{ names: ['a.example.org', 'b.example.org'], notAfter: day(-1) }],
    { kind: 'import', replaces: day(-1) },
  ],
  [
    'is not needed where one lasts longer',
    [{ names: ['a.example.org', 'b.example.org'], notAfter: day(11) }],
    { kind: 'keep', existingUntil: day(11) },
  ],
  [
    'is not needed where it is already',
    [{ names: ['a.example.org', 'b.example.org'], notAfter: day(10) }],
    { kind: 'keep', existingUntil: day(10) },
  ],
  [
    'is compared with the one that lasts longest',
    [
      { names: ['a.example.org', 'b.example.org'], notAfter: day(11) },
      { names: ['a.example.org', 'b.example.org'], notAfter: day(9) },
    ],
    { kind: 'keep', existingUntil: day(11) },
  ],
  [
    'is imported beside one for more or fewer names',
    [
      { names: ['a.example.org'], notAfter: day(99) },
      { names: ['a.example.org', 'b.example.org', 'c.example.org'], notAfter: day(99) },
    ],
    { kind: 'import' },
  ],
])('a certificate for ten days %s', (_, existing, step) => {
  const names = ['a.example.org', 'b.example.org'];
  const certificate = incoming(names, day(10));
  const subject = 'existingUntil' in step ? { names, notAfter: day(10) } : { certificate };
  expect(planImport(existing, only(certificate), now)).toEqual([{ source: 'x', ...subject, ...step }]);
});

test('a certificate that ended since it was read is refused', () => {
  expect(planImport([], only(incoming(['a.example.org'], now.toISOString())), now)).toEqual([
    { kind: 'refuse', source: 'x', names: ['a.example.org'], reason: `it ended at ${now.toISOString()}` },
  ]);
});

test('a plan has a step for everything that was read, and after it the plan is empty of imports', () => {
  const names = fc.subarray(['a.example.org', 'b.example.org', 'c.example.org'], { minLength: 1 });
  const ends = fc.integer({ min: -5, max: 5 }).map(day);
  const certificates = fc.uniqueArray(fc.tuple(names, ends), { selector: ([set]) => set.join() });
  const others = fc.array(fc.record({ names, notAfter: ends }));
  fc.assert(
    fc.property(others, certificates, others, (existing, read, extra) => {
      const result: ReadResult = {
        certificates: read.map(([set, end]) => incoming(set, end)),
        duplicates: extra.map((one) => ({ ...one, source: 'y', keptSource: 'x' })),
        refused: extra.map(() => ({ source: 'z', reason: 'it has no private key' })),
      };
      const plan = planImport(existing, result, now);
      expect(plan).toHaveLength(read.length + 2 * extra.length);
      const imported = plan.flatMap((step) => (step.kind === 'import' ? [step.certificate] : []));
      const again = planImport([...existing, ...imported], result, now);
      expect(again.filter(({ kind }) => kind === 'import')).toEqual([]);
    }),
  );
});
