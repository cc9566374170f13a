import { z } from 'zod';
import { NamespaceName, Zone } from './names.ts';

/** Which namespaces may claim which domains. */
export const Tenancy = z
  .array(
    z
      .strictObject({
        domains: z.array(Zone).min(1).describe('Domains, each inside `spec.domains`, with all names below them.'),
        namespaces: z
          .array(NamespaceName)
          .min(1)
          .describe('Namespaces whose Ingresses may claim hosts of these domains.'),
      })
      .describe('Some domains, and who may claim hosts of them.'),
  )
  .default([])
  .describe(
    'Which namespaces may claim which domains. The longest domain that a host is in decides; a host of no entry is anybody’s, and the first that asks has it.',
  );
