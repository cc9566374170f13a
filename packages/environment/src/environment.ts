import { z } from 'zod';
import { Certificates } from './certificates/certificates.ts';
import { Gateway } from './gateway/gateway.ts';
import { Monitoring } from './monitoring.ts';
import { Cidr, EnvironmentName, FolderPath, NamespaceName, ObjectName, Zone } from './names.ts';
import { presetNames } from './presets.ts';
import { Promotion } from './promotion.ts';
import { Store } from './store.ts';
import { Sync } from './sync.ts';
import { Tenancy } from './tenancy.ts';

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
        stage: z
          .enum(['development', 'staging', 'production'])
          .default('development')
          .describe(
            'What is at stake. Lint is strictest with `production`, and wants to see in `staging` first what runs there.',
          ),
        preset: z
          .enum(presetNames)
          .optional()
          .describe('Defaults for a provider; what the file says itself goes before. See [presets](presets.md).'),
        cluster: z
          .strictObject({
            name: ObjectName.describe(
              'The cluster’s name as Argo CD knows it; `in-cluster` is the one that Argo CD runs in.',
            ),
            controlPlane: z
              .array(Cidr)
              .default([])
              .describe(
                'Addresses that the API server calls Pods from, such as the control plane’s network. `gatefleet certs` and `status` ask the controller through it; NetworkPolicies let in these, and what is in kube-system. Nothing else may be there: it could do the same.',
              ),
          })
          .describe('Where this environment runs.'),
        namespace: NamespaceName.default('gatefleet').describe(
          'Namespace of everything that is deployed. Two environments in one cluster need two. Cannot be changed without an outage.',
        ),
        domains: z
          .array(Zone)
          .min(1)
          .describe(
            'Zones that this environment may serve: each domain itself and all names below it. The API server refuses an Ingress with a host outside; one that was there before gets no certificate, and an Event says so.',
          ),
        tenancy: Tenancy,
        gateway: Gateway.prefault({}),
        store: Store.prefault({}),
        certificates: Certificates,
        monitoring: Monitoring.prefault({}),
        sync: Sync.prefault({}),
        promotion: Promotion,
        components: z
          .array(FolderPath)
          .default([])
          .describe('Kustomize Components of your own, after those that this file switches on and before custom/.'),
      })
      .describe('What the environment shall be.'),
  })
  .meta({ title: 'Environment' })
  .describe('One environment of the gateway fleet.');

/** A valid environment with every default filled in. */
export type Environment = z.infer<typeof Environment>;
