import { z } from 'zod';
import { Cidr } from '../names.ts';

/** A look at each host before its first order, with http-01. */
export const Preflight = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe(
        'Whether to look. Left out, it is done where all issuers are Let’s Encrypt’s: another CA may look from where we cannot.',
      ),
    networks: z
      .array(Cidr)
      .max(50)
      .default([])
      .describe('Networks whose addresses gateways may have although they are not public.'),
  })
  .describe('Looks whether a host leads to the gateways before an order is made for it.');
