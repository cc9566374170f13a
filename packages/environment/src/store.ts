import { z } from 'zod';
import { ByteQuantity, ObjectName } from './names.ts';
import { resources } from './resources.ts';

/** The Consul servers of an environment. */
export const Store = z
  .strictObject({
    servers: z
      .union([z.literal(3), z.literal(5)])
      .default(3)
      .describe('Consul servers: 3 survive the loss of one, 5 of two.'),
    storageClass: ObjectName.optional().describe(
      'StorageClass of each server’s volume. Left out, the cluster’s default class. Cannot be changed later.',
    ),
    size: ByteQuantity.default('1Gi').describe(
      'Size of each server’s volume. Plenty for 10,000 certificates. Cannot be changed later.',
    ),
    resources: resources(
      'server',
      { cpu: '100m', memory: '128Mi', limit: '512Mi' },
      '10,000 certificates take about 100 MiB.',
    ).prefault({}),
  })
  .describe('The Consul servers that hold certificates, orders and the ACME account.');
