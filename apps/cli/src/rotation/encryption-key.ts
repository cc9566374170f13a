import { encryptionKeySecret } from '@gatefleet/certificate-commands';
import type { HeldSecret } from './held-secret.ts';
import { untilReplicas } from './replicas.ts';
import type { Rotation, RotationWorld } from './rotate.ts';

const goalOf = (held: readonly HeldSecret[]) => held[0]?.goal ?? '';

/** Of the key that records below `gatefleet/` are sealed with. The leader seals them anew. */
export function encryptionKeyRotation(world: RotationWorld): Rotation {
  return {
    what: 'the encryption key',
    secrets: [encryptionKeySecret],
    known: (held, say) =>
      untilReplicas(({ encryption }) => encryption.opens.includes(goalOf(held)), 'have the key', world, say),
    used: (held, say) =>
      untilReplicas(
        ({ encryption: { opens, sealedWith } }) => opens[0] === goalOf(held) && sealedWith.join() === goalOf(held),
        'tell that all records are under the key',
        world,
        say,
      ),
    gone: (held, say) =>
      untilReplicas(({ encryption }) => encryption.opens.join() === goalOf(held), 'forget the one before', world, say),
  };
}
