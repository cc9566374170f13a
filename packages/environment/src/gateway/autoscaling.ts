import { z } from 'zod';
import { Duration } from '../names.ts';

export const Autoscaling = z
  .strictObject({
    min: z.int().min(2).max(100).default(3).describe('Fewest gateways, kept at any hour.'),
    max: z.int().min(2).max(100).default(12).describe('Most gateways.'),
    cpu: z
      .int()
      .min(10)
      .max(95)
      .default(60)
      .describe(
        'Mean CPU use to aim at, in percent of `resources.requests.cpu`. Leave room: TLS handshakes come in bursts.',
      ),
    memory: z
      .int()
      .min(10)
      .max(200)
      .optional()
      .describe(
        'Mean memory use to aim at too, in percent of `resources.requests.memory`. What asks for more gateways decides.',
      ),
    stabilization: z
      .strictObject({
        up: Duration.optional().describe(
          'How long the load must ask for more before there are more. Left out: at once.',
        ),
        down: Duration.optional().describe(
          'How long the load must ask for fewer before there are fewer. Left out: 5 minutes.',
        ),
      })
      .prefault({})
      .describe('How long to wait, so that a burst does not start and end gateways.'),
  })
  .describe('Scale the gateways by their load instead of a fixed number. Needs metrics-server in the cluster.');
