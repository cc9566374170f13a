import { expect, test } from '@jest/globals';
import { controllerVariables, createSecretsVariables, storeconfigVariables } from './environment.ts';

test('given nothing, all have defaults', () => {
  expect(controllerVariables({}, 'host-1')).toMatchObject({
    GATEFLEET_CERTIFICATE_POLICY_FILE: '/etc/gatefleet/certificate-policy.yaml',
    GATEFLEET_CONSUL_ADDRESSES: ['https://consul:8501'],
    GATEFLEET_MAX_ORDERS: 8,
    POD_NAME: 'host-1',
    POD_NAMESPACE: 'gatefleet',
  });
  expect(createSecretsVariables({ GATEFLEET_SECRET_NAME: '' })).toMatchObject({
    GATEFLEET_SECRET_NAME: 'gatefleet-encryption-key',
  });
});

test('storeconfig sends challenges to the controller of its own namespace', () => {
  expect(storeconfigVariables({ POD_NAMESPACE: 'edge' }).GATEFLEET_CHALLENGE_URL).toBe(
    'http://acme-controller.edge.svc.cluster.local:8402',
  );
});

test.each([
  {
    given: 'a bad address',
    env: { GATEFLEET_CONSUL_ADDRESSES: 'http://a,b' },
    says: 'GATEFLEET_CONSUL_ADDRESSES.1: use an http or https URL',
  },
  {
    given: 'only commas',
    env: { GATEFLEET_CONSUL_ADDRESSES: ',' },
    says: 'GATEFLEET_CONSUL_ADDRESSES: name at least one',
  },
  {
    given: 'no number',
    env: { GATEFLEET_MAX_ORDERS: 'many' },
    says: 'GATEFLEET_MAX_ORDERS: use a whole number',
  },
  {
    given: 'a token for the leader alone',
    env: { GATEFLEET_CONSUL_TOKEN_FILE: '/token' },
    says: 'GATEFLEET_CONSUL_RESPONDER_TOKEN_FILE is not set',
  },
  { given: 'too many', env: { GATEFLEET_MAX_ORDERS: '51' }, says: 'GATEFLEET_MAX_ORDERS: Too big' },
  {
    given: 'two faults',
    env: { LOG_LEVEL: 'loud', GATEFLEET_STATUS_PORT: '0' },
    says: /LOG_LEVEL.*; GATEFLEET_STATUS_PORT|GATEFLEET_STATUS_PORT.*; LOG_LEVEL|LOG_LEVEL.*GATEFLEET_STATUS_PORT/,
  },
])('given $given, the error names it', ({ env, says }) => {
  expect(() => controllerVariables(env, 'h')).toThrow(says);
});
