import { z } from 'zod';
import { ByteQuantity, CpuQuantity } from './names.ts';

/** Compute resources of each Pod of one kind. There is no CPU limit: it would only delay. */
export function resources(
  whose: string,
  { cpu, memory, limit }: { cpu: string; memory: string; limit: string },
  why: string,
) {
  return z
    .strictObject({
      requests: z
        .strictObject({
          cpu: CpuQuantity.default(cpu).describe(`CPU time reserved for each ${whose}.`),
          memory: ByteQuantity.default(memory).describe(`Memory reserved for each ${whose}.`),
        })
        .prefault({})
        .describe(`What the scheduler reserves for each ${whose}.`),
      limits: z
        .strictObject({
          memory: ByteQuantity.default(limit).describe(`Memory at which a ${whose} is killed. ${why}`),
        })
        .prefault({})
        .describe(`What a ${whose} must not exceed.`),
    })
    .describe(`Compute resources of each ${whose}.`);
}
