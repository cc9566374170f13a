import { expect, test } from '@jest/globals';
import { Pod } from './pods.ts';
import { stuckPods } from './stuck-pods.ts';

const pod = (status: object) =>
  Pod.parse({
    metadata: { name: 'traefik-1', namespace: 'gatefleet' },
    spec: { containers: [{ name: 'traefik' }] },
    status,
  });
const container = (state: object, more: object = {}) => ({
  containerStatuses: [{ name: 'traefik', ready: false, state, ...more }],
});

test.each<{ given: string; status: object; then: readonly object[] }>([
  { given: 'a Pod that runs', status: container({ running: {} }), then: [] },
  {
    given: 'a container that is being made',
    status: container({ waiting: { reason: 'ContainerCreating' } }),
    then: [],
  },
  {
    given: 'an image that is not there',
    status: container({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } }),
    then: [{ container: 'traefik', reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' }],
  },
  {
    given: 'a program that ends again and again',
    status: container(
      { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
      { lastState: { terminated: { reason: 'Error', exitCode: 1 } } },
    ),
    then: [{ reason: 'CrashLoopBackOff', message: 'back-off 10s; it ended with exit code 1 (Error)' }],
  },
  {
    given: 'no node with room for it',
    status: {
      conditions: [
        { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available' },
      ],
    },
    then: [{ reason: 'Unschedulable', message: '0/3 nodes are available' }],
  },
])('given $given', ({ status, then }) => {
  expect(stuckPods([pod(status)])).toEqual(
    then.map((each) => expect.objectContaining({ namespace: 'gatefleet', pod: 'traefik-1', ...each })),
  );
});
