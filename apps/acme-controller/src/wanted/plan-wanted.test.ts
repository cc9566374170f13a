import { expect, test } from '@jest/globals';
import type { HostOwner } from './host-owner.ts';
import type { Ingress } from './ingress.ts';
import type { Quotas } from './quotas.ts';
import type { Tenancy } from './tenancy.ts';
import { planWanted, type OnDemand } from './plan-wanted.ts';

const ingress = (part: Partial<Ingress>): Ingress => ({
  namespace: 'shop',
  name: 'web',
  uid: `${part.namespace ?? 'shop'}/${part.name ?? 'web'}`,
  createdAt: '2026-01-01T00:00:00Z',
  className: 'traefik',
  annotations: {},
  hosts: [],
  tls: [],
  ...part,
});
const older = '2025-12-31T00:00:00Z';
const now = new Date('2026-06-02T10:00:00.000Z');
const noQuotas: Quotas = { namespaces: {} };
const a = 'a.example.com';
const b = 'b.example.com';

interface Row {
  given: string;
  ingresses: Ingress[];
  tenancy?: Tenancy;
  quotas?: Quotas;
  onDemand?: OnDemand;
  wildcards?: boolean;
  /** Namespace, and since when nobody asks for it. */
  owners?: Record<string, string | readonly [string, string]>;
  names: string[][];
  notices?: string[];
  /** Another owner, `kept` where it is reserved from now on, `free` where it is nobody's any more. */
  changes?: Record<string, string>;
}

test.each<Row>([
  { given: 'nothing', ingresses: [], names: [] },
  {
    given: 'two hosts',
    ingresses: [ingress({ hosts: [b, a] })],
    names: [[a, b]],
    changes: { [a]: 'shop', [b]: 'shop' },
  },
  { given: 'a host twice', ingresses: [ingress({ hosts: [a, a] })], names: [[a]], changes: { [a]: 'shop' } },
  {
    given: 'the zone itself',
    ingresses: [ingress({ hosts: ['example.com'] })],
    names: [['example.com']],
    changes: { 'example.com': 'shop' },
  },
  { given: 'another class', ingresses: [ingress({ hosts: [a], className: 'nginx' })], names: [] },
  { given: 'no class', ingresses: [ingress({ hosts: [a], className: undefined })], names: [] },
  { given: 'no host', ingresses: [ingress({})], names: [] },
  {
    given: 'a foreign host beside a good one',
    ingresses: [ingress({ hosts: [a, 'a.example.org'] })],
    names: [[a]],
    notices: ['ForeignDomain'],
    changes: { [a]: 'shop' },
  },
  {
    given: 'a host that only ends like the zone',
    ingresses: [ingress({ hosts: ['badexample.com'] })],
    names: [],
    notices: ['ForeignDomain'],
  },
  {
    given: 'a host whose domain is for other namespaces',
    ingresses: [ingress({ hosts: [a, b] })],
    tenancy: [{ domains: [a], namespaces: ['blog'] }],
    names: [[b]],
    notices: ['ForbiddenDomain'],
    changes: { [b]: 'shop' },
  },
  {
    given: 'a host that its owner may no longer claim, beside one who may',
    ingresses: [ingress({ hosts: [a] }), ingress({ namespace: 'blog', hosts: [a] })],
    tenancy: [{ domains: ['example.com'], namespaces: ['blog'] }],
    owners: { [a]: 'shop' },
    names: [[a]],
    notices: ['ForbiddenDomain'],
    changes: { [a]: 'blog' },
  },
  {
    given: 'a wildcard where it can be proven',
    ingresses: [ingress({ hosts: ['*.example.com'] })],
    wildcards: true,
    names: [['*.example.com']],
    changes: { '*.example.com': 'shop' },
  },
  { given: 'a wildcard', ingresses: [ingress({ hosts: ['*.example.com'] })], names: [], notices: ['InvalidHost'] },
  {
    given: 'a rule for a host',
    ingresses: [ingress({ hosts: ['a`)||host(`b.example.com'] })],
    names: [],
    notices: ['InvalidHost'],
  },
  {
    given: 'a path for a host',
    ingresses: [ingress({ hosts: ['../../traefik/x.example.com'] })],
    names: [],
    notices: ['InvalidHost'],
  },
  {
    given: 'a Secret for the host',
    ingresses: [ingress({ hosts: [a, b], tls: [{ hosts: [a], secretName: 's' }] })],
    names: [[b]],
    changes: { [b]: 'shop' },
  },
  {
    given: 'a wildcard Secret',
    ingresses: [ingress({ hosts: [a, 'x.a.example.com'], tls: [{ hosts: ['*.example.com'], secretName: 's' }] })],
    names: [['x.a.example.com']],
    changes: { 'x.a.example.com': 'shop' },
  },
  {
    given: 'a Secret for everything',
    ingresses: [ingress({ hosts: [a], tls: [{ hosts: [], secretName: 's' }] })],
    names: [],
  },
  {
    given: 'a tls entry without a Secret',
    ingresses: [ingress({ hosts: [a], tls: [{ hosts: [a], secretName: undefined }] })],
    names: [[a]],
    changes: { [a]: 'shop' },
  },
  {
    given: 'a host that the namespace owns',
    ingresses: [ingress({ hosts: [a] })],
    owners: { [a]: 'shop' },
    names: [[a]],
  },
  {
    given: 'two namespaces for one host, the older wins',
    ingresses: [ingress({ hosts: [a] }), ingress({ namespace: 'evil', hosts: [a], createdAt: older })],
    names: [[a]],
    notices: ['HostTaken'],
    changes: { [a]: 'evil' },
  },
  {
    given: 'an owner whose Ingress is younger, it stays the owner',
    ingresses: [ingress({ hosts: [a] }), ingress({ namespace: 'evil', hosts: [a], createdAt: older })],
    owners: { [a]: 'shop' },
    names: [[a]],
    notices: ['HostTaken'],
  },
  { given: 'a host that nobody asks for', ingresses: [], owners: { [a]: 'shop' }, names: [], changes: { [a]: 'kept' } },
  {
    given: 'two Ingresses of a namespace with the same hosts',
    ingresses: [ingress({ hosts: [a] }), ingress({ name: 'two', hosts: [a] })],
    names: [[a], [a]],
    changes: { [a]: 'shop' },
  },
  {
    given: '101 hosts',
    ingresses: [ingress({ hosts: Array.from({ length: 101 }, (_, i) => `h${i}.example.com`) })],
    owners: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`h${i}.example.com`, 'shop'])),
    names: [],
    notices: ['TooManyHosts'],
  },
  {
    given: 'a host that nobody asks for since yesterday',
    ingresses: [],
    owners: { [a]: ['shop', '2026-06-01T11:00:00.000Z'] },
    names: [],
  },
  {
    given: 'a host that nobody asked for a day long',
    ingresses: [],
    owners: { [a]: ['shop', '2026-06-01T10:00:00.000Z'] },
    names: [],
    changes: { [a]: 'free' },
  },
  {
    given: 'a host that another namespace asks for within a day',
    ingresses: [ingress({ namespace: 'blog', hosts: [a] })],
    owners: { [a]: ['shop', '2026-06-01T11:00:00.000Z'] },
    names: [],
    notices: ['HostReserved'],
  },
  {
    given: 'a host whose Ingress went this moment, and which another namespace asks for',
    ingresses: [ingress({ namespace: 'blog', hosts: [a] })],
    owners: { [a]: 'shop' },
    names: [],
    notices: ['HostReserved'],
    changes: { [a]: 'kept' },
  },
  {
    given: 'a host that another namespace asks for after a day',
    ingresses: [ingress({ namespace: 'blog', hosts: [a] })],
    owners: { [a]: ['shop', '2026-06-01T10:00:00.000Z'] },
    names: [[a]],
    changes: { [a]: 'blog' },
  },
  {
    given: 'a host that its owner asks for again',
    ingresses: [ingress({ hosts: [a] })],
    owners: { [a]: ['shop', '2026-06-01T11:00:00.000Z'] },
    names: [[a]],
    changes: { [a]: 'shop' },
  },
  {
    given: 'a host in capitals that the namespace owns, and another namespace that asks for it',
    ingresses: [ingress({ hosts: ['A.Example.com'] }), ingress({ namespace: 'evil', hosts: [a], createdAt: older })],
    owners: { [a]: 'shop' },
    names: [[a]],
    notices: ['HostTaken'],
  },
  {
    given: 'a Secret for a host in capitals',
    ingresses: [ingress({ hosts: ['A.example.com'], tls: [{ hosts: ['a.Example.com'], secretName: 's' }] })],
    names: [],
  },
  {
    given: 'a wildcard over a host of another namespace',
    ingresses: [ingress({ hosts: ['*.example.com'] })],
    wildcards: true,
    owners: { [a]: ['blog', '2026-06-01T11:00:00.000Z'] },
    names: [],
    notices: ['HostReserved'],
  },
  {
    given: 'a host below a wildcard of another namespace',
    ingresses: [ingress({ hosts: ['*.example.com'] }), ingress({ namespace: 'evil', hosts: [a, 'x.a.example.com'] })],
    wildcards: true,
    owners: { '*.example.com': 'shop' },
    names: [['x.a.example.com'], ['*.example.com']],
    notices: ['HostTaken'],
    changes: { 'x.a.example.com': 'evil' },
  },
  {
    given: 'a host below a wildcard of another namespace that was given away',
    ingresses: [ingress({ hosts: ['*.example.com'] }), ingress({ namespace: 'blog', hosts: [a] })],
    wildcards: true,
    owners: { '*.example.com': 'shop', [a]: 'blog' },
    names: [[a], ['*.example.com']],
  },
  {
    given: 'a wildcard and a host below it of one namespace',
    ingresses: [ingress({ hosts: ['*.example.com', a] })],
    wildcards: true,
    names: [['*.example.com', a]],
    changes: { '*.example.com': 'shop', [a]: 'shop' },
  },
  {
    given: 'an Ingress that is off',
    ingresses: [ingress({ hosts: [a], annotations: { 'gatefleet.dev/certificate': 'off' } })],
    owners: { [a]: 'shop' },
    names: [],
    changes: { [a]: 'kept' },
  },
  {
    given: 'names apart',
    ingresses: [ingress({ hosts: [b, a], annotations: { 'gatefleet.dev/names': 'apart' } })],
    names: [[a], [b]],
    changes: { [a]: 'shop', [b]: 'shop' },
  },
  {
    given: 'an annotation that is misspelled',
    ingresses: [ingress({ hosts: [a], annotations: { 'gatefleet.dev/certificate': 'no' } })],
    names: [[a]],
    notices: ['InvalidAnnotation'],
    changes: { [a]: 'shop' },
  },
  {
    given: 'more hosts than a namespace may have, those that it has come before those of an older Ingress',
    ingresses: [
      ingress({ hosts: [a, 'c.example.com'], createdAt: older }),
      ingress({ name: 'second', hosts: [b] }),
      ingress({ namespace: 'blog', hosts: ['d.example.com', 'e.example.com'] }),
    ],
    owners: { [b]: 'shop' },
    quotas: { hosts: 1, namespaces: { shop: 2 } },
    names: [[a], ['d.example.com'], [b]],
    notices: ['QuotaExceeded', 'QuotaExceeded'],
    changes: { [a]: 'shop', 'd.example.com': 'blog' },
  },
  {
    given: 'a quota that became less than what a namespace has',
    ingresses: [ingress({ hosts: [a, b] })],
    owners: { [a]: 'shop', [b]: 'shop' },
    quotas: { hosts: 1, namespaces: {} },
    names: [[a, b]],
  },
  {
    given: 'hosts that were seen, and a rule with a wildcard',
    ingresses: [ingress({ hosts: ['*.example.com', b] }), ingress({ name: 'c', hosts: ['c.example.com'] })],
    onDemand: { hosts: [a, 'c.example.com', 'x.a.example.com', 'a.example.org'], domains: [], limit: 9 },
    names: [['c.example.com'], [a], [b]],
    changes: { [a]: 'shop', [b]: 'shop', 'c.example.com': 'shop' },
  },
  {
    given: 'a host that was seen, and that another namespace has',
    ingresses: [ingress({ hosts: ['*.example.com'] }), ingress({ namespace: 'blog', hosts: [b] })],
    onDemand: { hosts: [a], domains: [], limit: 9 },
    owners: { [a]: 'blog' },
    names: [[b]],
    notices: ['HostReserved'],
    changes: { [a]: 'kept', [b]: 'blog' },
  },
  {
    given: 'more hosts that were seen than may be',
    ingresses: [ingress({ hosts: ['*.example.com'] })],
    onDemand: { hosts: [a, b], domains: [], limit: 1 },
    names: [[a]],
    changes: { [a]: 'shop' },
  },
  {
    given: 'a host that was seen and a wildcard that can be proven',
    ingresses: [ingress({ hosts: ['*.example.com'] })],
    onDemand: { hosts: [a], domains: [], limit: 1 },
    wildcards: true,
    names: [['*.example.com']],
    changes: { '*.example.com': 'shop' },
  },
])(
  'given $given',
  ({
    ingresses,
    tenancy = [],
    quotas = noQuotas,
    onDemand,
    wildcards = false,
    owners = {},
    names,
    notices = [],
    changes = {},
  }) => {
    const recorded = Object.entries(owners).map(([host, owner]): [string, HostOwner] => {
      const [namespace = '', releasedAt] = typeof owner === 'string' ? [owner] : owner;
      return [host, { namespace, claimedAt: older, ...(releasedAt !== undefined && { releasedAt }) }];
    });
    const plan = planWanted(
      {
        tenancy,
        quotas,
        onDemand,
        wildcards,
        ingresses,
        ingressClass: 'traefik',
        zones: ['example.com'],
        owners: new Map(recorded),
      },
      now,
    );
    expect(plan.certificates.map((certificate) => certificate.names)).toEqual(names);
    expect(plan.notices.map(({ reason }) => reason)).toEqual(notices);
    const changed = [...plan.owners].map(([host, owner]) => {
      if (owner === undefined) return [host, 'free'];
      return [host, owner.releasedAt === now.toISOString() ? 'kept' : owner.namespace];
    });
    expect(Object.fromEntries(changed)).toEqual(changes);
  },
);

test('it is told when the first host is free for others', () => {
  const owners = new Map<string, HostOwner>([
    [a, { namespace: 'shop', claimedAt: older, releasedAt: '2026-06-01T11:00:00.000Z' }],
    [b, { namespace: 'shop', claimedAt: older, releasedAt: '2026-06-01T12:00:00.000Z' }],
  ]);
  const claims = {
    ingresses: [],
    ingressClass: 'traefik',
    zones: ['example.com'],
    tenancy: [],
    quotas: noQuotas,
    wildcards: false,
    onDemand: undefined,
    owners,
  };
  expect(planWanted(claims, now).nextFree).toEqual(new Date('2026-06-02T11:00:00.000Z'));
});

test('the words of a notice say which host and why, and show a hostile one escaped', () => {
  const notices = (hosts: string[]) =>
    planWanted(
      {
        ingresses: [ingress({ hosts })],
        ingressClass: 'traefik',
        zones: ['example.com'],
        tenancy: [],
        quotas: noQuotas,
        wildcards: false,
        onDemand: undefined,
        owners: new Map(),
      },
      now,
    ).notices;
  expect(notices(['a.example.org'])[0]?.message).toBe(
    'No certificate for a.example.org: it is outside the domains of this environment (example.com).',
  );
  expect(notices([`a\n${'x'.repeat(300)}`])[0]?.message).toMatch(
    /^No certificate for "a\\nx{78}"…: the host is longer/,
  );
});

test('a host that was seen once has its certificate until its domain is no longer listed', () => {
  const seen = { namespace: 'shop', claimedAt: older, isOnDemand: true };
  const look = (domains: string[]) =>
    planWanted(
      {
        ingresses: [ingress({ hosts: ['*.example.com'] })],
        ingressClass: 'traefik',
        zones: ['example.com'],
        tenancy: [],
        quotas: noQuotas,
        wildcards: false,
        onDemand: { hosts: [], domains, limit: 9 },
        owners: new Map([[a, seen]]),
      },
      now,
    );
  expect(look(['example.com'])).toMatchObject({ certificates: [{ names: [a] }], notices: [], owners: new Map() });
  expect(look(['example.org']).certificates).toEqual([]);
  expect(look(['example.org']).owners.get(a)).toEqual({ ...seen, releasedAt: now.toISOString() });
});
