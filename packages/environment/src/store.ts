import { z } from 'zod';
import { ByteQuantity, ObjectName } from './names.ts';
import { resources } from './resources.ts';

/** Hours between two that divide a day, so that the clock can say when. */
const Every = z.enum(['1h', '2h', '3h', '4h', '6h', '8h', '12h', '24h']);

const Backup = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Whether snapshots are taken by themselves.'),
    every: Every.default('6h').describe(
      'Time between two snapshots, by the clock in UTC. What changed since the last is lost with a store that is restored from it.',
    ),
    keep: z
      .int()
      .min(1)
      .max(1000)
      .default(28)
      .describe('How many snapshots are kept. The oldest goes only when a new one has been written and read back.'),
    storageClass: ObjectName.optional().describe(
      'StorageClass of the volume that they are written to; `store.storageClass` when left out. One whose volumes are not lost with the cluster, such as a network file system or a bucket, makes them outlive it. Cannot be changed later.',
    ),
    size: ByteQuantity.default('5Gi').describe(
      'Size of that volume. With 10,000 certificates a snapshot has about 100 MiB. Cannot be changed later.',
    ),
  })
  .describe('Snapshots of the whole store, sealed with a passphrase. See [recovery](../operations/recovery.md).');

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
    backup: Backup.prefault({}),
  })
  .describe('The Consul servers that hold certificates, orders and the ACME account.');
