import { describe, expect, test } from '@jest/globals';
import { formatDuration } from './format-duration.ts';
import { plannedUse, type PlannedCertificate } from './planned-certificates.ts';
import { humanPlan, markdownPlan } from './render-plan.ts';

const production = 'https://acme-v02.api.letsencrypt.org/directory';
const certificate = (index: number, more: Partial<PlannedCertificate> = {}): PlannedCertificate => ({
  environment: 'production',
  namespace: 'shop',
  ingress: `i${index}`,
  hosts: [`h${index}.example.com`],
  directory: production,
  ...more,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => certificate(index));

test.each([
  [500, 'less than a second'],
  [1_000, '1 second'],
  [90_000, '1 minute 30 seconds'],
  [3 * 86_400_000 + 1, '3 days 1 hour'],
  [7_200_000, '2 hours'],
])('%d ms are %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

describe('limits', () => {
  test('a certificate counts once for a registered domain, however many hosts it has there', () => {
    const [use] = plannedUse([certificate(0, { hosts: ['a.example.com', 'b.example.com', 'c.example.org'] })]);
    expect(use).toMatchObject({ limit: 'certificatesPerDomain', used: 1, capacity: 50, leastMs: 0 });
    expect(plannedUse([certificate(0, { hosts: ['a.example.com', 'c.example.org'] })])).toHaveLength(3);
  });
  test('what is above comes back one by one: 60 of 50 take ten times 202 minutes', () => {
    expect(plannedUse(many(60))[0]).toMatchObject({ used: 60, leastMs: 10 * ((7 * 86_400_000) / 50) });
  });
  test('other CAs do not count', () => {
    expect(plannedUse([certificate(0, { directory: 'https://ca.example.com/dir' })])).toEqual([]);
  });
});

const plan = {
  environments: ['production', 'dev'],
  certificates: many(2),
  limits: plannedUse(many(2)),
  unplaced: ['apps/shop'],
  failed: [],
};

test('for people: certificates by environment, then limits', () => {
  expect(humanPlan(plan)).toBe(`production: 2 certificates from acme-v02.api.letsencrypt.org
  shop/i0  h0.example.com
  shop/i1  h1.example.com
dev: 0 certificates

limits of Let’s Encrypt, if all were ordered now
  example.com: 2 of 50 certificates per registered domain in 7 days (4 %)
  production: 2 of 300 orders per account in 3 hours (1 %)
not counted: apps/shop has Ingresses, and no Application of this repository deploys it

Ingresses of other repositories, and what is issued already, git cannot tell; gatefleet certs shows what there is.
`);
});

test('for a pull request: a table', () => {
  expect(markdownPlan(plan)).toContain('| production | 2 | 2 |\n| dev | 0 | 0 |');
});
