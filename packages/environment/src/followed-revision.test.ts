import { expect, test } from '@jest/globals';
import { followedRevision } from './followed-revision.ts';
import { parseEnvironment } from './parse-environment.ts';

test.each([
  { given: 'nothing about it', more: '', then: 'main' },
  { given: 'a revision of its own', more: 'sync: { revision: v1.2.0 }', then: 'v1.2.0' },
  { given: 'where it is promoted from', more: 'promotion: { from: dev }', then: 'environments/staging' },
])('given $given, it follows $then', ({ more, then }) => {
  const text = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: staging }
spec:
  cluster: { name: staging-eu }
  domains: [staging.example.com]
  certificates: { email: platform@example.com }
  ${more}
`;
  const parsed = parseEnvironment(text, 'overlays/staging/environment.yaml');
  expect(parsed.kind === 'valid' && followedRevision(parsed.environment)).toBe(then);
});
