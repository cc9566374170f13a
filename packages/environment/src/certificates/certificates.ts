import { z } from 'zod';
import { Duration, HttpsUrl, NamespaceName, Zone } from '../names.ts';
import { Challenge } from './challenge.ts';
import { Issuer } from './issuer.ts';
import { Preflight } from './preflight.ts';

const OnDemand = z
  .strictObject({
    hosts: z
      .array(Zone)
      .default([])
      .describe(
        'Domains: each gets a certificate when an Ingress has a rule with a wildcard for it, and a host below one when it is first seen in the gateways’ access log.',
      ),
    ask: HttpsUrl.optional().describe(
      'Address that is asked about each host that was seen, with `?domain=`; 200 means yes. With `hosts` too, both must allow it.',
    ),
    limit: z.int().min(1).max(10_000).default(100).describe('How many hosts may have a certificate this way.'),
  })
  .describe(
    'Certificates for hosts that no Ingress names, when they are first seen and a rule with a wildcard serves them. Off unless given.',
  );

const HostCount = z.int().min(1).max(10_000);

const Quotas = z
  .strictObject({
    hosts: HostCount.optional().describe('For each namespace that is not named below. Left out, any number.'),
    namespaces: z.record(NamespaceName, HostCount).default({}).describe('For single namespaces.'),
  })
  .describe(
    'How many hosts a namespace may have certificates for; any number unless given. What is over it gets none, and an Event says so. A quota that is lowered takes nothing away.',
  );

/** Where certificates come from. */
export const Certificates = z
  .strictObject({
    issuers: z
      .array(Issuer)
      .min(1)
      .default(['letsencrypt'])
      .describe(
        'Certificate authorities, the first of which is asked first; the next when it cannot be reached or refuses for long.',
      ),
    email: z
      .email()
      .meta({ title: 'e-mail address' })
      .describe('Contact of the ACME account. A mailbox that a team reads, not one person’s.'),
    profile: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .max(64)
      .meta({ title: 'profile name' })
      .optional()
      .describe('The CA’s name for a kind of certificate, such as `shortlived`. Left out, the CA’s own choice.'),
    challenge: Challenge.prefault({}),
    quotas: Quotas.optional(),
    preflight: Preflight.optional(),
    onDemand: OnDemand.optional(),
    retention: Duration.default('30d').describe(
      'How long a certificate that nobody asks for any more is kept, so that a host that comes back has it at once.',
    ),
  })
  .describe('Where certificates come from.');
