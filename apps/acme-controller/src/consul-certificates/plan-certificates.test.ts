import { expect, test } from '@jest/globals';
import {
  authorityLifeMs,
  certificateLifeMs,
  planCertificates,
  type CertificatesPlan,
  type RotationStep,
} from './plan-certificates.ts';

const DAY_MS = 86_400_000;
const now = new Date('2030-01-01T00:00:00Z');

const aged = (days: number, lifeMs: number) => {
  const made = now.getTime() - days * DAY_MS;
  return { notBefore: new Date(made), notAfter: new Date(made + lifeMs) };
};
const authority = (days: number) => aged(days, authorityLifeMs);
const certificate = (days: number, by = 0) => ({ ...aged(days, certificateLifeMs), authority: by });

const nothing: CertificatesPlan = { forget: 0, makeAuthority: false, signer: undefined };

test.each<{
  given: string;
  authorities: readonly number[];
  certificate?: readonly [days: number, by?: number];
  step?: RotationStep;
  plan: Partial<CertificatesPlan>;
}>([
  { given: 'nothing', authorities: [], plan: { makeAuthority: true, signer: 0 } },
  { given: 'a CA alone', authorities: [400], plan: { signer: 0 } },
  { given: 'a certificate of 59 days', authorities: [400], certificate: [59], plan: {} },
  { given: 'a certificate of 60 days', authorities: [400], certificate: [60], plan: { signer: 0 } },
  { given: 'a certificate that has ended', authorities: [400], certificate: [91], plan: { signer: 0 } },
  { given: 'a CA of 2,433 days', authorities: [2_433], certificate: [1], plan: {} },
  { given: 'a CA of 2,434 days', authorities: [2_434], certificate: [1], plan: { makeAuthority: true } },
  {
    given: 'a CA of 2,434 days, and a certificate that is due',
    authorities: [2_434],
    certificate: [60],
    plan: { makeAuthority: true, signer: 0 },
  },
  { given: 'a next CA that is trusted for 364 days', authorities: [2_800, 364], certificate: [1], plan: {} },
  { given: 'a next CA that is trusted for 365 days', authorities: [2_800, 365], certificate: [1], plan: { signer: 1 } },
  { given: 'a certificate of the next CA since an hour', authorities: [2_800, 365], certificate: [0.05, 1], plan: {} },
  {
    given: 'a certificate of the next CA since a day',
    authorities: [2_800, 366],
    certificate: [1, 1],
    plan: { forget: 1 },
  },
  {
    given: 'a CA that has ended, and no other',
    authorities: [3_651],
    certificate: [30],
    plan: { makeAuthority: true, signer: 1 },
  },
  {
    given: 'a CA that has ended, and a next one',
    authorities: [3_651, 100],
    certificate: [30],
    plan: { signer: 1 },
  },
  {
    given: 'the wish for a new CA',
    authorities: [400],
    certificate: [1],
    step: 'authority',
    plan: { makeAuthority: true },
  },
  { given: 'the same wish again', authorities: [400, 0], certificate: [1], step: 'authority', plan: {} },
  {
    given: 'the wish for a new certificate, there being a new CA',
    authorities: [400, 0],
    certificate: [1],
    step: 'certificate',
    plan: { signer: 1 },
  },
  {
    given: 'the wish for a new certificate, there being one CA',
    authorities: [400],
    certificate: [1],
    step: 'certificate',
    plan: { signer: 0 },
  },
  {
    given: 'no wish, after that for a certificate of the new CA',
    authorities: [400, 0.01],
    certificate: [0.01, 1],
    plan: {},
  },
  {
    given: 'the wish to finish',
    authorities: [400, 0.01],
    certificate: [0.01, 1],
    step: 'finish',
    plan: { forget: 1 },
  },
  { given: 'the wish to finish too early', authorities: [400, 0], certificate: [1], step: 'finish', plan: {} },
])('given $given: $plan', ({ authorities, certificate: given, step, plan }) => {
  const known = { authorities: authorities.map(authority), certificate: given && certificate(...given) };
  expect(planCertificates(known, now, step)).toEqual({ ...nothing, ...plan });
});

test('run once a day for 30 years, no client is shown a certificate of a CA that it does not trust since a day', () => {
  let authorities: { notBefore: Date; notAfter: Date }[] = [];
  let shown: (ReturnType<typeof certificate> & { readonly ca: unknown }) | undefined;
  const first = now.getTime();
  for (let day = 0; day < 30 * 365; day += 1) {
    const today = new Date(first + day * DAY_MS);
    const life = (ms: number) => ({ notBefore: today, notAfter: new Date(today.getTime() + ms) });
    const known = shown && { ...shown, authority: authorities.indexOf(shown.ca as never) };
    const { forget, makeAuthority, signer } = planCertificates({ authorities, certificate: known }, today);
    authorities = [...authorities.slice(forget), ...(makeAuthority ? [life(authorityLifeMs)] : [])];
    if (signer !== undefined) shown = { ...life(certificateLifeMs), authority: signer, ca: authorities[signer] };
    const issuer = authorities.find((each) => each === shown?.ca);
    expect(issuer && issuer.notAfter > today && shown && shown.notAfter > today).toBe(true);
    if (day > 0) expect(today.getTime() - (issuer?.notBefore.getTime() ?? 0)).toBeGreaterThanOrEqual(DAY_MS);
    expect(authorities.length).toBeLessThanOrEqual(2);
  }
});
