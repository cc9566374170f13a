import { expect, test } from '@jest/globals';
import { planAcl, type AclState, type AclStep, type Component } from './plan-acl.ts';

const description = 'Written by consul-acl; changes here are undone.';
const leader: Component = { name: 'leader', rules: 'key "a" {}', secret: 's1' };
const policy = { id: 'p1', name: 'gatefleet-leader', description, rules: leader.rules };
const token = { accessor: 'a1', secret: 's1', description: 'gatefleet-leader', policies: ['gatefleet-leader'] };
const initial = { description: 'Initial Management Token', policies: ['global-management'] };

const told = (step: AclStep): string => {
  if (step.kind === 'write-policy') return `write policy ${step.policy.name} ${step.id ?? 'new'}`;
  if (step.kind === 'write-token') return `write token ${step.token.policies.join()} ${step.accessor ?? 'new'}`;
  if (step.kind === 'delete-token') return `delete token ${step.token.accessor}`;
  return `delete policy ${step.policy.name}`;
};

test.each<{ given: string; components?: Component[]; state: Omit<AclState, 'management'>; then: string[] }>([
  {
    given: 'an empty Consul',
    state: { policies: [], tokens: [] },
    then: ['write policy gatefleet-leader new', 'write token gatefleet-leader new'],
  },
  { given: 'all in place', state: { policies: [policy], tokens: [token] }, then: [] },
  {
    given: 'a run that broke off between policy and token',
    state: { policies: [policy], tokens: [] },
    then: ['write token gatefleet-leader new'],
  },
  {
    given: 'other rules',
    state: { policies: [{ ...policy, rules: 'acl = "write"' }], tokens: [token] },
    then: ['write policy gatefleet-leader p1'],
  },
  {
    given: 'a token that somebody gave a further policy',
    state: { policies: [policy], tokens: [{ ...token, policies: ['gatefleet-leader', 'global-management'] }] },
    then: ['write token gatefleet-leader a1'],
  },
  {
    given: 'a token whose secret was replaced, the old one lives until the next run',
    state: { policies: [policy], tokens: [{ ...token, secret: 'before' }] },
    then: ['write token gatefleet-leader new'],
  },
  {
    given: 'the old one at the next run',
    state: { policies: [policy], tokens: [{ ...token, accessor: 'a0', secret: 'before' }, token] },
    then: ['delete token a0'],
  },
  {
    given: 'the management token of another time',
    state: {
      policies: [policy],
      tokens: [token, ...['m0', 'm1'].map((secret) => ({ ...initial, accessor: secret, secret }))],
    },
    then: ['delete token m0'],
  },
  {
    given: 'a component that is no more',
    components: [],
    state: { policies: [policy], tokens: [token] },
    then: ['delete token a1', 'delete policy gatefleet-leader'],
  },
  {
    given: 'what others wrote',
    state: {
      policies: [policy, { ...policy, id: 'p2', name: 'global-management' }],
      tokens: [token, { ...token, accessor: 'a2', secret: 's2', description: 'Anonymous Token', policies: [] }],
    },
    then: [],
  },
])('given $given, then $then', ({ components = [leader], state, then }) => {
  expect(planAcl(components, { management: 'm1', ...state }).map(told)).toEqual(then);
});
