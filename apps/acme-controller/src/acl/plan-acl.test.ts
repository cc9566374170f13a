import { expect, test } from '@jest/globals';
import { planAcl, type AclState, type AclStep, type Component } from './plan-acl.ts';

const description = 'Written by consul-acl; changes here are undone.';
const leader: Component = { name: 'leader', rules: 'key "a" {}', secrets: ['s1'] };
const policy = { id: 'p1', name: 'gatefleet-leader', description, rules: leader.rules };
const token = { accessor: 'a1', secret: 's1', description: 'gatefleet-leader', policies: ['gatefleet-leader'] };
const initial = { description: 'Initial Management Token', policies: ['global-management'] };

const told = (step: AclStep): string => {
  if (step.kind === 'write-policy') return `write policy ${step.policy.name} ${step.id ?? 'new'}`;
  if (step.kind === 'write-token') return `write token ${step.token.policies.join()} ${step.accessor ?? 'new'}`;
  if (step.kind === 'delete-token') return `delete token ${step.token.accessor}`;
  return `delete policy ${step.policy.name}`;
};

test.each<{
  given: string;
  components?: Component[];
  management?: string[];
  state: Omit<AclState, 'management'>;
  then: string[];
}>([
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
      tokens: [token, { ...initial, accessor: 'm0', secret: 'm0' }],
    },
    then: ['delete token m0'],
  },
  {
    given: 'a token that is to take the place of another, both are valid',
    components: [{ ...leader, secrets: ['s1', 's2'] }],
    state: { policies: [policy], tokens: [token] },
    then: ['write token gatefleet-leader new'],
  },
  {
    given: 'the other one in use, both still are',
    components: [{ ...leader, secrets: ['s2', 's1'] }],
    state: { policies: [policy], tokens: [token, { ...token, accessor: 'a2', secret: 's2' }] },
    then: [],
  },
  {
    given: 'another management token to come, both are valid',
    management: ['m1', 'm2'],
    state: { policies: [policy], tokens: [token, { ...initial, accessor: 'm1', secret: 'm1' }] },
    then: ['write token global-management new'],
  },
  {
    given: 'the former management token that is listed no more',
    management: ['m2'],
    state: {
      policies: [policy],
      tokens: [
        token,
        { ...initial, accessor: 'm1', secret: 'm1' },
        { ...initial, accessor: 'm2', secret: 'm2', description: 'gatefleet-management' },
      ],
    },
    then: ['delete token m1'],
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
])('given $given, then $then', ({ components = [leader], management, state, then }) => {
  const tokens = [...state.tokens, ...(management === undefined ? [{ ...initial, accessor: 'm1', secret: 'm1' }] : [])];
  expect(planAcl(components, { management: management ?? ['m1'], ...state, tokens }).map(told)).toEqual(then);
});
