import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { endpointOf } from './endpoint.ts';
import { closes, policyRules, selected, type NetworkPolicy } from './policy-rules.ts';

const pod = (address: string, namespace: string, app: string, ports: object[] = []) =>
  endpointOf(
    {
      metadata: { namespace, labels: { app } },
      spec: { containers: [{ name: app, ports: ports as { containerPort: number }[] }] },
    },
    address,
  );
const endpoints = [
  pod('10.0.1.1', 'shop', 'web', [{ name: 'http', containerPort: 80 }]),
  pod('10.0.1.2', 'shop', 'web', [{ name: 'http', containerPort: 8080, protocol: 'TCP' }]),
  pod('10.0.1.3', 'shop', 'db'),
  pod('10.0.2.1', 'blog', 'web', [{ name: 'http', containerPort: 80 }]),
  pod('10.0.2.2', 'kube-system', 'dns', [{ name: 'dns', containerPort: 53, protocol: 'UDP' }]),
];
const namespaces = new Map([
  ['shop', { team: 'shop' }],
  ['blog', { team: 'blog' }],
  ['kube-system', {}],
]);

/** A policy of the namespace `shop`. */
const policy = (spec: string): NetworkPolicy => ({
  metadata: { name: 'one', namespace: 'shop' },
  spec: parse(spec) as NonNullable<NetworkPolicy['spec']>,
});

test.each<{ given: string; spec: string; then: string[] }>([
  { given: 'no list', spec: '{ podSelector: {} }', then: [] },
  { given: 'an empty list', spec: '{ ingress: [] }', then: [] },
  { given: 'an empty rule', spec: '{ ingress: [{}] }', then: ['accept'] },
  { given: 'an empty peer list', spec: '{ ingress: [{ from: [] }] }', then: ['accept'] },
  {
    given: 'a number of a port',
    spec: '{ ingress: [{ ports: [{ port: 80 }] }] }',
    then: ['tcp dport 80 accept'],
  },
  {
    given: 'a range of ports',
    spec: '{ ingress: [{ ports: [{ protocol: UDP, port: 8000, endPort: 8010 }] }] }',
    then: ['udp dport 8000-8010 accept'],
  },
  {
    given: 'a protocol without a port',
    spec: '{ ingress: [{ ports: [{ protocol: SCTP }] }] }',
    then: ['meta l4proto sctp accept'],
  },
  {
    given: 'a named port that is another number in each selected Pod',
    spec: '{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: http }] }] }',
    then: ['ip daddr { 10.0.1.1 } tcp dport 80 accept', 'ip daddr { 10.0.1.2 } tcp dport 8080 accept'],
  },
  {
    given: 'a named port of another protocol',
    spec: '{ podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: http, protocol: UDP }] }] }',
    then: [],
  },
  {
    given: 'Pods of its own namespace',
    spec: '{ ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }] }',
    then: ['ip saddr { 10.0.1.1, 10.0.1.2 } accept'],
  },
  {
    given: 'all Pods of its own namespace',
    spec: '{ ingress: [{ from: [{ podSelector: {} }] }] }',
    then: ['ip saddr { 10.0.1.1, 10.0.1.2, 10.0.1.3 } accept'],
  },
  {
    given: 'all Pods of some namespaces',
    spec: '{ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: blog } } }] }] }',
    then: ['ip saddr { 10.0.2.1 } accept'],
  },
  {
    given: 'all Pods of all namespaces',
    spec: '{ ingress: [{ from: [{ namespaceSelector: {} }] }] }',
    then: ['ip saddr { 10.0.1.1, 10.0.1.2, 10.0.1.3, 10.0.2.1, 10.0.2.2 } accept'],
  },
  {
    given: 'some Pods of some namespaces, in one peer',
    spec: `ingress:
      - from:
          - namespaceSelector: { matchExpressions: [{ key: team, operator: Exists }] }
            podSelector: { matchLabels: { app: web } }`,
    then: ['ip saddr { 10.0.1.1, 10.0.1.2, 10.0.2.1 } accept'],
  },
  {
    given: 'some Pods or some namespaces, in two peers',
    spec: `ingress:
      - from:
          - namespaceSelector: { matchExpressions: [{ key: team, operator: NotIn, values: [shop, blog] }] }
          - podSelector: { matchLabels: { app: db } }`,
    then: ['ip saddr { 10.0.2.2 } accept', 'ip saddr { 10.0.1.3 } accept'],
  },
  {
    given: 'a peer that nobody is',
    spec: '{ ingress: [{ from: [{ podSelector: { matchLabels: { app: none } } }] }] }',
    then: [],
  },
  {
    given: 'a block of addresses with exceptions, and a port',
    spec: `ingress:
      - from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16] } }]
        ports: [{ port: 443 }]`,
    then: ['ip saddr 10.0.0.0/8 ip saddr != 10.1.0.0/16 ip saddr != 10.2.0.0/16 tcp dport 443 accept'],
  },
  { given: 'a block of IPv6', spec: '{ ingress: [{ from: [{ ipBlock: { cidr: "fd00::/8" } }] }] }', then: [] },
  {
    given: 'two peers and two ports',
    spec: `ingress:
      - from: [{ podSelector: { matchLabels: { app: db } } }, { ipBlock: { cidr: 192.0.2.0/24 } }]
        ports: [{ port: 80 }, { port: 53, protocol: UDP }]`,
    then: [
      'ip saddr { 10.0.1.3 } tcp dport 80 accept',
      'ip saddr { 10.0.1.3 } udp dport 53 accept',
      'ip saddr 192.0.2.0/24 tcp dport 80 accept',
      'ip saddr 192.0.2.0/24 udp dport 53 accept',
    ],
  },
])('ingress with $given', ({ spec, then }) => {
  const one = policy(spec);
  expect(policyRules(one, 'ingress', selected(one, endpoints), { endpoints, namespaces })).toEqual(then);
});

test.each<{ given: string; spec: string; then: string[] }>([
  { given: 'an empty rule', spec: '{ egress: [{}] }', then: ['accept'] },
  {
    given: 'Pods of another namespace',
    spec: '{ egress: [{ to: [{ namespaceSelector: { matchLabels: { team: blog } } }], ports: [{ port: 80 }] }] }',
    then: ['ip daddr { 10.0.2.1 } tcp dport 80 accept'],
  },
  {
    given: 'a named port of peers, each with its own number',
    spec: '{ egress: [{ to: [{ podSelector: {} }], ports: [{ port: http }] }] }',
    then: [
      'ip daddr { 10.0.1.1, 10.0.1.2, 10.0.1.3 } ip daddr { 10.0.1.1 } tcp dport 80 accept',
      'ip daddr { 10.0.1.1, 10.0.1.2, 10.0.1.3 } ip daddr { 10.0.1.2 } tcp dport 8080 accept',
    ],
  },
  {
    given: 'a named port of anybody',
    spec: '{ egress: [{ ports: [{ port: dns, protocol: UDP }] }] }',
    then: ['ip daddr { 10.0.2.2 } udp dport 53 accept'],
  },
  {
    given: 'a named port of a block of addresses, which has no names',
    spec: '{ egress: [{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: http }] }] }',
    then: [],
  },
])('egress with $given', ({ spec, then }) => {
  const one = policy(spec);
  expect(policyRules(one, 'egress', selected(one, endpoints), { endpoints, namespaces })).toEqual(then);
});

test.each<{ given: string; spec: string; then: string[] }>([
  { given: 'no types and no rules', spec: '{}', then: ['ingress'] },
  { given: 'no types and an egress rule', spec: '{ egress: [{}] }', then: ['ingress', 'egress'] },
  { given: 'no types and an empty egress list', spec: '{ egress: [] }', then: ['ingress', 'egress'] },
  { given: 'egress alone', spec: '{ policyTypes: [Egress], ingress: [{}] }', then: ['egress'] },
  { given: 'both types', spec: '{ policyTypes: [Ingress, Egress] }', then: ['ingress', 'egress'] },
])('a policy with $given closes $then', ({ spec, then }) => {
  expect((['ingress', 'egress'] as const).filter((direction) => closes(policy(spec), direction))).toEqual(then);
});

test.each([
  { given: 'no selector', spec: '{}', then: ['10.0.1.1', '10.0.1.2', '10.0.1.3'] },
  { given: 'labels', spec: '{ podSelector: { matchLabels: { app: db } } }', then: ['10.0.1.3'] },
  {
    given: 'an expression',
    spec: '{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [db, cache] }] } }',
    then: ['10.0.1.3'],
  },
])('with $given it is about $then of its own namespace', ({ spec, then }) => {
  expect(selected(policy(spec), endpoints).map(({ address }) => address)).toEqual(then);
});

test('an operator that nobody knows is an error, and no open door', () => {
  const spec = '{ podSelector: { matchExpressions: [{ key: app, operator: Like, values: [d] }] } }';
  expect(() => selected(policy(spec), endpoints)).toThrow('Like');
});
