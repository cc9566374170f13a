import { z } from 'zod';
import { Certificates } from './certificates.ts';
import { Gateway } from './gateway.ts';
import { ByteQuantity, EnvironmentName, GitRevision, ObjectName, RepositoryUrl, Zone } from './names.ts';

const Store = z
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
  })
  .describe('The Consul servers that hold certificates, orders and the ACME account.');

const Sync = z
  .strictObject({
    automated: z
      .boolean()
      .default(false)
      .describe(
        'Whether Argo CD brings each pushed commit by itself, undoes changes made by hand, and deletes what left git.',
      ),
    repository: RepositoryUrl.default('https://github.com/gatefleet/gatefleet.git').describe(
      'Repository that Argo CD reads this environment from.',
    ),
    revision: GitRevision.default('main').describe('Branch, tag or commit that Argo CD follows.'),
  })
  .describe('How Argo CD brings this environment to what git says.');

/** The schema of environment.yaml: the source of its type, its JSON Schema, its reference page and its errors. */
export const Environment = z
  .strictObject({
    apiVersion: z.literal('gatefleet.dev/v1alpha1').describe('Version of this format.'),
    kind: z.literal('Environment').describe('Kind of this document.'),
    metadata: z
      .strictObject({
        name: EnvironmentName.describe('The environment’s name: the same as its folder’s under overlays/.'),
      })
      .describe('Who this is.'),
    spec: z
      .strictObject({
        cluster: z
          .strictObject({
            name: ObjectName.describe(
              'The cluster’s name as Argo CD knows it; `in-cluster` is the one that Argo CD runs in.',
            ),
          })
          .describe('Where this environment runs.'),
        domains: z
          .array(Zone)
          .min(1)
          .describe(
            'Zones that this environment may serve: each domain itself and all names below it. A host outside gets no certificate, and an Event says so.',
          ),
        gateway: Gateway.prefault({}),
        store: Store.prefault({}),
        certificates: Certificates,
        sync: Sync.prefault({}),
      })
      .describe('What the environment shall be.'),
  })
  .meta({ title: 'Environment' })
  .describe('One environment of the gateway fleet.');

/** A valid environment with every default filled in. */
export type Environment = z.infer<typeof Environment>;
