import { expect, test } from '@jest/globals';
import { ingressStatus } from '../reconcile/ingress-status.ts';
import { STATUS_ANNOTATION } from './choices.ts';
import { tellsOfCertificates } from './tells-of-certificates.ts';

const now = new Date('2026-06-01T00:00:00.000Z');
const names = ['a.example.com'];
const valid = (notAfter: string) =>
  ingressStatus([{ names, notAfter, plan: { kind: 'wait', reason: 'Valid', until: now } }]);
const failing = (notAfter: string | undefined) =>
  ingressStatus([{ names, notAfter, plan: { kind: 'wait', reason: 'BackingOff', until: now } }]);
const [before, later] = ['2026-05-31T23:59:59.000Z', '2026-08-01T00:00:00.000Z'];

test.each([
  { given: 'no annotation', status: undefined, tells: false },
  { given: 'a certificate that lasts', status: valid(later), tells: true },
  { given: 'one that has ended', status: valid(before), tells: false },
  { given: 'one that lasts, and cannot be renewed', status: failing(later), tells: true },
  { given: 'a host that never had one', status: failing(undefined), tells: false },
  { given: 'one that has ended before one that lasts', status: `${valid(before)}; ${valid(later)}`, tells: true },
  { given: 'something else', status: 'b.example.com: valid until tomorrow', tells: false },
])('given $given: $tells', ({ status, tells }) => {
  const annotations: Record<string, string> = status === undefined ? {} : { [STATUS_ANNOTATION]: status };
  expect(tellsOfCertificates([{ annotations: {} }, { annotations }], now)).toBe(tells);
});
