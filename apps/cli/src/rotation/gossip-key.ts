import { gossipKeySecret } from '@gatefleet/certificate-commands';
import { isReady, readPods } from '../delivery/pods.ts';
import { bringConsulInLine } from './consul-job.ts';
import { refreshMounts } from './replicas.ts';
import { until, type Proof, type Rotation, type RotationWorld } from './rotate.ts';

/** Of what Consul's servers encrypt their gossip with. They take, use and drop keys while they run; a server that starts reads the Secret. */
export function gossipKeyRotation(world: RotationWorld): Rotation {
  const told: Proof = async (_, say) => {
    await refreshMounts('consul', world);
    await bringConsulInLine(world, say);
  };
  return {
    what: 'the key for gossip',
    secrets: [gossipKeySecret],
    known: told,
    used: told,
    gone: async (held, say) => {
      await told(held, say);
      const { kubernetes, namespace, signal } = world;
      const look = async () => {
        const pods = await readPods(kubernetes, namespace, signal, 'app.kubernetes.io/name=consul');
        const away = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name);
        return away.length === 0 ? undefined : `${away.join(', ')} to be ready`;
      };
      await until(look, say, signal);
    },
  };
}
