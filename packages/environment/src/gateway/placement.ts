import { z } from 'zod';
import { LabelKey, LabelValue, PodCount } from '../names.ts';

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export const Toleration = z
  .strictObject({
    key: LabelKey.optional().describe('Key of the taint. Left out with `operator: Exists`: every taint.'),
    operator: z
      .enum(['Equal', 'Exists'])
      .default('Equal')
      .describe('Whether the value must be equal, or the key be there.'),
    value: LabelValue.optional().describe('Value of the taint.'),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
      .optional()
      .describe('Effect of the taint. Left out: every effect.'),
  })
  .describe('A taint that gateways bear.');

const strength = z.enum(['preferred', 'required', 'off']);

export const Spread = z
  .strictObject({
    nodes: strength
      .default('preferred')
      .describe('Whether gateways are kept on different nodes. `required` starts none where there is no other node.'),
    zones: strength.default('off').describe('Whether gateways are kept in different zones of the provider.'),
  })
  .describe('What keeps gateways apart.');

export const Rollout = z
  .strictObject({
    maxSurge: PodCount.optional().describe(
      'Gateways that a rollout may start before others end. Left out: 1; 0 with ports of the nodes.',
    ),
    maxUnavailable: PodCount.optional().describe(
      'Gateways that a rollout may end before others start. Left out: 0; 1 with ports of the nodes.',
    ),
  })
  .describe('How a new version replaces an old one.');
