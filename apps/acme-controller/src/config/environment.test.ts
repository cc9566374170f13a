import { expect, test } from '@jest/globals';
import { controllerVariables, createSecretsVariables, storeconfigVariables } from './environment.ts';

const least = {
  GATEFLEET_DOMAINS: 'gatefleet.localhost, shop.example.com',
  GATEFLEET_ACME_DIRECTORY: 'https://pebble.gatefleet.internal:14000/dir',
};

test('given the least, the rest has defaults', () => {
  expect(controllerVariables(least, 'host-1')).toMatchObject({
    GATEFLEET_DOMAINS: ['gatefleet.localhost', 'shop.example.com'],
    GATEFLEET_CONSUL_ADDRESSES: ['http://consul:8500'],
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
  { given: 'no domain', env: { ...least, GATEFLEET_DOMAINS: '' }, says: 'GATEFLEET_DOMAINS is not set' },
  { given: 'only commas', env: { ...least, GATEFLEET_DOMAINS: ',' }, says: 'GATEFLEET_DOMAINS: name at least one' },
  {
    given: 'a bad domain',
    env: { ...least, GATEFLEET_DOMAINS: 'a.b,*.c' },
    says: 'GATEFLEET_DOMAINS.1: the domain is a wildcard',
  },
  {
    given: 'a plain-HTTP CA',
    env: { ...least, GATEFLEET_ACME_DIRECTORY: 'http://a/dir' },
    says: 'GATEFLEET_ACME_DIRECTORY: use the https URL',
  },
  {
    given: 'no number',
    env: { ...least, GATEFLEET_MAX_ORDERS: 'many' },
    says: 'GATEFLEET_MAX_ORDERS: use a whole number',
  },
  { given: 'too many', env: { ...least, GATEFLEET_MAX_ORDERS: '51' }, says: 'GATEFLEET_MAX_ORDERS: Too big' },
  {
    given: 'two faults',
    env: { ...least, LOG_LEVEL: 'loud', GATEFLEET_STATUS_PORT: '0' },
    says: /LOG_LEVEL.*; GATEFLEET_STATUS_PORT|GATEFLEET_STATUS_PORT.*; LOG_LEVEL|LOG_LEVEL.*GATEFLEET_STATUS_PORT/,
  },
])('given $given, the error names it', ({ env, says }) => {
  expect(() => controllerVariables(env, 'h')).toThrow(says);
});
