import { expect, test } from '@jest/globals';
import { endpointOf } from './endpoint.ts';
import { rulesetText, type PolicyWorld } from './ruleset.ts';

const pod = (address: string, app: string) =>
  endpointOf({ metadata: { namespace: 'shop', labels: { app } }, spec: { containers: [] } }, address);
const closed = (name: string, app: string | undefined, policyTypes: string[]) => ({
  metadata: { name, namespace: 'shop' },
  spec: { podSelector: app === undefined ? {} : { matchLabels: { app } }, policyTypes },
});
const world: PolicyWorld = {
  policies: [],
  namespaces: [{ metadata: { name: 'shop' } }],
  pods: [pod('10.100.1.1', 'web'), pod('10.100.2.1', 'db')],
  standIns: [],
  nodes: [
    { address: '10.100.0.11', podCidr: '10.100.1.0/24' },
    { address: '10.100.0.12', podCidr: '10.100.2.0/24' },
  ],
  ownAddresses: ['10.100.0.1'],
};

/** A chain's or a map's lines. */
const block = (text: string, name: string): string[] => {
  const lines = text.split('\n').map((line) => line.trim());
  const from = lines.indexOf(`${name} {`);
  return from < 0 ? [] : lines.slice(from + 1, lines.indexOf('}', from));
};

test('takes the place of the former table in one transaction', () => {
  expect(rulesetText(world).split('\n').slice(0, 3)).toEqual([
    'table ip network-policy',
    'delete table ip network-policy',
    'table ip network-policy {',
  ]);
});

test('without policies only an address that no Pod has is closed', () => {
  const text = rulesetText(world);
  expect(block(text, 'set pods')).toEqual(['type ipv4_addr;', 'elements = { 10.100.1.1, 10.100.2.1 };']);
  expect(block(text, 'map ingress-of')).toEqual(['type ipv4_addr : verdict;']);
  expect(block(text, 'chain ingress')).toEqual([
    'ct state established,related accept',
    'ip saddr . ip daddr @itself accept',
    'ip daddr { 10.100.1.0/24, 10.100.2.0/24 } ip daddr != @pods counter drop',
    'ip daddr vmap @ingress-of',
  ]);
});

test('without Pods nothing is written that nft does not take', () => {
  expect(block(rulesetText({ ...world, pods: [] }), 'set pods')).toEqual(['type ipv4_addr;']);
});

test('each Pod is led to all of its policies and then to the end', () => {
  const policies = [closed('b-web', 'web', ['Ingress']), closed('a-all', undefined, ['Ingress', 'Egress'])];
  const text = rulesetText({ ...world, policies });
  expect(block(text, 'map ingress-of')[1]).toBe(
    'elements = { 10.100.1.1 : goto ingress-of-pods-0, 10.100.2.1 : goto ingress-of-pods-1 };',
  );
  expect(block(text, 'chain ingress-of-pods-0')).toEqual([
    'jump ingress-0-shop/a-all',
    'jump ingress-1-shop/b-web',
    'counter drop',
  ]);
  expect(block(text, 'chain ingress-of-pods-1')).toEqual(['jump ingress-0-shop/a-all', 'counter drop']);
  expect(block(text, 'map egress-of')[1]).toBe(
    'elements = { 10.100.1.1 : goto egress-of-pods-0, 10.100.2.1 : goto egress-of-pods-0 };',
  );
});

test('a node and its own Pods reach each other whatever the policies', () => {
  const text = rulesetText({ ...world, policies: [closed('all', undefined, ['Ingress', 'Egress'])] });
  expect(block(text, 'chain input').slice(1, -1)).toEqual([
    'ip saddr 10.100.1.0/24 ip daddr 10.100.0.11 accept',
    'ip saddr 10.100.2.0/24 ip daddr 10.100.0.12 accept',
  ]);
  expect(block(text, 'chain output')[1]).toBe('ip saddr { 127.0.0.0/8, 10.100.0.1 } accept');
});

test('the same objects in another order give the same text, so nothing is applied twice', () => {
  const policies = [closed('a', 'web', ['Ingress']), closed('b', 'db', ['Egress'])];
  expect(rulesetText({ ...world, policies: policies.toReversed() })).toBe(rulesetText({ ...world, policies }));
});

test('two policies with names too long for a chain stay apart', () => {
  const long = 'x'.repeat(240);
  const policies = [closed(`${long}1`, 'web', ['Ingress']), closed(`${long}2`, 'db', ['Ingress'])];
  const names = rulesetText({ ...world, policies }).match(/chain ingress-\d-\S+/g) ?? [];
  expect(new Set(names).size).toBe(2);
  expect(names.every((name) => name.length < 256)).toBe(true);
});
