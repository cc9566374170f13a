import { expect, test } from '@jest/globals';
import { jobLike } from './consul-job.ts';

test('the Job does what the one of the sync did, and is Argo CD’s and Kubernetes’ no more', () => {
  const labels = { 'app.kubernetes.io/name': 'consul-acl', 'app.kubernetes.io/part-of': 'gatefleet' };
  const own = { 'batch.kubernetes.io/controller-uid': 'u', 'batch.kubernetes.io/job-name': 'consul-acl' };
  const former = { 'controller-uid': 'u', 'job-name': 'consul-acl' };
  const spec = { serviceAccountName: 'consul-acl', containers: [{ name: 'consul-acl', args: ['consul-acl'] }] };
  const pattern = {
    metadata: { name: 'consul-acl', labels, annotations: { 'argocd.argoproj.io/hook': 'Sync' }, uid: 'u' },
    spec: {
      backoffLimit: 6,
      selector: { matchLabels: own },
      template: { metadata: { labels: { ...labels, ...own, ...former } }, spec },
    },
  };
  expect(jobLike(pattern)).toEqual({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'consul-acl-rotate-', labels },
    spec: { backoffLimit: 6, ttlSecondsAfterFinished: 3_600, template: { metadata: { labels }, spec } },
  });
});
