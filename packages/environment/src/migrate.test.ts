import { expect, test } from '@jest/globals';
import type { Migration } from './migrate.ts';
import { parseEnvironment } from './parse-environment.ts';

/** A version that never was: it had one domain, and the e-mail address at the top. */
const v1alpha0: Migration = {
  from: 'gatefleet.dev/v1alpha0',
  to: 'gatefleet.dev/v1alpha1',
  migrate: ({ spec, ...document }) => {
    const { domain, email, ...rest } = spec as Record<string, unknown>;
    return {
      ...document,
      apiVersion: 'gatefleet.dev/v1alpha1',
      spec: { ...rest, domains: [domain], certificates: { email } },
    };
  },
  origin: (path) => {
    const text = path.join('.');
    if (text.startsWith('spec.domains')) return ['spec', 'domain'];
    return text === 'spec.certificates.email' ? ['spec', 'email'] : path;
  },
};

const old = `apiVersion: gatefleet.dev/v1alpha0
kind: Environment
metadata: { name: qa }
spec:
  cluster: { name: qa }
  domain: qa.example.com
  email: a@example.com
`;

test('a file of an older version is read as the newest', () => {
  expect(parseEnvironment(old, 'qa/environment.yaml', [v1alpha0])).toMatchObject({
    kind: 'valid',
    environment: {
      apiVersion: 'gatefleet.dev/v1alpha1',
      spec: { domains: ['qa.example.com'], certificates: { email: 'a@example.com' } },
    },
  });
});

test('its mistakes are shown where they were written', () => {
  const broken = old.replace('qa.example.com', '"*.example.com"').replace('a@example.com', 'nobody');
  const result = parseEnvironment(broken, 'qa/environment.yaml', [v1alpha0]);
  if (result.kind === 'valid') throw new Error('expected mistakes');
  expect(result.errors.map(({ line, column, path }) => `${line}:${column} ${path}`)).toEqual([
    '6:11 spec.domains[0]',
    '7:10 spec.certificates.email',
  ]);
});

test('steps are taken one after the other', () => {
  const older: Migration = {
    from: 'gatefleet.dev/v0',
    to: v1alpha0.from,
    migrate: (document) => ({ ...document, apiVersion: v1alpha0.from }),
    origin: (path) => path,
  };
  const text = old.replace('v1alpha0', 'v0');
  expect(parseEnvironment(text, 'qa/environment.yaml', [v1alpha0, older]).kind).toBe('valid');
});

test('without the step, the version is a mistake', () => {
  const result = parseEnvironment(old, 'qa/environment.yaml');
  if (result.kind === 'valid') throw new Error('expected mistakes');
  expect(result.errors[0]).toMatchObject({ line: 1, path: 'apiVersion' });
});
