import { expect, test } from '@jest/globals';
import { followedRevision } from './followed-revision.ts';
import { environmentNamed } from './testing/environment-named.ts';

test.each([
  { given: 'nothing about it', spec: {}, then: 'main' },
  { given: 'a revision of its own', spec: { sync: { revision: 'v1.2.0' } }, then: 'v1.2.0' },
  { given: 'where it is promoted from', spec: { promotion: { from: 'dev' } }, then: 'environments/staging' },
])('given $given, it follows $then', ({ spec, then }) => {
  expect(followedRevision(environmentNamed('staging', spec))).toBe(then);
});
