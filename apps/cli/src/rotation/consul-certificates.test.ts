import { expect, test } from '@jest/globals';
import { jobOf } from './consul-certificates.ts';

test('the Job is the CronJob’s, with the step in each container and a name of its own', () => {
  const container = { name: 'consul-certificates', image: 'a:1', env: [{ name: 'POD_NAMESPACE', value: 'x' }] };
  const labels = { 'app.kubernetes.io/name': 'consul-certificates' };
  const template = { metadata: { labels }, spec: { restartPolicy: 'OnFailure', containers: [container] } };
  expect(jobOf({ spec: { backoffLimit: 6, template } }, 'certificate')).toEqual({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'consul-certificates-certificate-' },
    spec: {
      backoffLimit: 3,
      ttlSecondsAfterFinished: 3_600,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'OnFailure',
          containers: [
            { ...container, env: [...container.env, { name: 'GATEFLEET_ROTATION_STEP', value: 'certificate' }] },
          ],
        },
      },
    },
  });
});
