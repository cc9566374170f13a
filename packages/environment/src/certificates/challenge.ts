import { z } from 'zod';
import { HttpsUrl, ObjectName, SecretKey, Zone } from '../names.ts';

const token = (what: string) => SecretKey.describe(`Secret and key that hold ${what}.`);

/** One provider is given with dns-01. A credential is a Secret's, or of the Pod's own identity where the provider has one. */
export const Challenge = z
  .strictObject({
    type: z
      .enum(['http-01', 'dns-01', 'dns-persist-01'])
      .default('http-01')
      .describe(
        'How a name is proven: over HTTP through any gateway, by a record in DNS, or by one that you set once and that stays. Wildcards need DNS.',
      ),
    route53: z
      .strictObject({
        region: z
          .string()
          .regex(/^[a-z0-9-]+$/)
          .default('us-east-1')
          .describe('Region of the API.'),
        hostedZone: z
          .string()
          .regex(/^Z[A-Z0-9]+$/)
          .optional()
          .describe('Hosted zone. Left out, it is looked for.'),
        accessKeyId: token('the access key’s identifier').optional(),
        secretAccessKey: token('the secret access key').optional(),
      })
      .optional()
      .describe('Amazon Route 53. Without keys, by the Pod’s own identity.'),
    cloudflare: z
      .strictObject({ apiToken: token('an API token that may edit the zone’s records') })
      .optional()
      .describe('Cloudflare.'),
    googleCloudDns: z
      .strictObject({
        project: z
          .string()
          .regex(/^[a-z][a-z0-9-]+$/)
          .describe('Project that has the zone.'),
        serviceAccount: token('a service account’s key as JSON').optional(),
      })
      .optional()
      .describe('Google Cloud DNS. Without a key, by the Pod’s own identity.'),
    azureDns: z
      .strictObject({
        subscriptionId: z.guid().describe('Subscription that has the zone.'),
        resourceGroup: z.string().min(1).max(90).describe('Resource group that has the zone.'),
        tenantId: z.guid().optional().describe('Tenant, for a client secret.'),
        clientId: z.guid().optional().describe('Application, for a client secret.'),
        clientSecret: token('the application’s client secret').optional(),
      })
      .optional()
      .describe('Azure DNS. Without a client secret, by the Pod’s own identity.'),
    rfc2136: z
      .strictObject({
        nameserver: z
          .string()
          .regex(/^[A-Za-z0-9.:[\]-]+$/)
          .describe('Address of the server that takes updates, host and port.'),
        tsigKeyName: Zone.or(ObjectName).describe('Name of the TSIG key.'),
        tsigAlgorithm: z
          .enum(['hmac-sha256', 'hmac-sha384', 'hmac-sha512'])
          .default('hmac-sha256')
          .describe('Its algorithm.'),
        tsigSecret: token('the TSIG key in base64'),
      })
      .optional()
      .describe('Any server that takes dynamic updates (RFC 2136), signed (RFC 8945).'),
    webhook: z
      .strictObject({
        url: HttpsUrl.describe('Address that is asked to set and remove a record.'),
        token: token('a bearer token').optional(),
      })
      .optional()
      .describe('A program of your own.'),
  })
  .describe('How a name is proven to the CA.');

export const dnsProviders = ['route53', 'cloudflare', 'googleCloudDns', 'azureDns', 'rfc2136', 'webhook'] as const;
