import { expect, test } from '@jest/globals';
import { normalImageReference } from './image-reference.ts';

const digest = `sha256:${'0a'.repeat(32)}`;

test.each([
  ['redis', 'docker.io/library/redis:latest'],
  ['redis:8', 'docker.io/library/redis:8'],
  ['docker.io/redis:8', 'docker.io/library/redis:8'],
  ['index.docker.io/library/redis:8', 'docker.io/library/redis:8'],
  ['hashicorp/consul:1.19.2', 'docker.io/hashicorp/consul:1.19.2'],
  ['quay.io/argoproj/argocd:v3.5.7', 'quay.io/argoproj/argocd:v3.5.7'],
  ['localhost/tool', 'localhost/tool:latest'],
  ['registry:5000/a/b:1', 'registry:5000/a/b:1'],
  ['registry:5000/a/b', 'registry:5000/a/b:latest'],
  [`redis:8@${digest}`, 'docker.io/library/redis:8'],
  [`redis@${digest}`, `docker.io/library/redis@${digest}`],
])('%s is %s', (written, normal) => {
  expect(normalImageReference(written)).toBe(normal);
});

test.each(['', 'two words', 'a@b', 'redis@sha256:short'])('"%s" is not a reference', (written) => {
  expect(() => normalImageReference(written)).toThrow('not a reference');
});
