import { z } from 'zod';
import { ConfigMapKey, Duration, HttpsUrl, ObjectName, SecretKey } from '../names.ts';

const CaBundle = z
  .strictObject({
    configMap: ObjectName.describe('ConfigMap in the environment’s namespace.'),
    key: ConfigMapKey.describe('Its key that holds PEM certificates.'),
  })
  .describe('Certificates to trust when talking to this CA, for one that the public roots do not know.');

const ExternalAccountBinding = z
  .strictObject({
    keyId: z.string().min(1).max(512).describe('Key identifier that the CA gave.'),
    secret: SecretKey.describe('Secret and key that hold the MAC key that the CA gave, in base64url.'),
  })
  .describe('Account at the CA that orders are charged to (RFC 8555, section 7.3.4).');

const Limit = z.strictObject({
  count: z.int().min(1).max(1_000_000).describe('So many; each comes back after its share of the time.'),
  per: Duration.describe('Time after which all of them are there again.'),
});

const Limits = z
  .strictObject({
    newAccounts: Limit.optional().describe('New accounts of one address.'),
    newOrders: Limit.optional().describe('Orders of one account.'),
    certificatesPerDomain: Limit.optional().describe('Certificates for hosts below one registered domain.'),
    certificatesPerNameSet: Limit.optional().describe('Certificates for exactly the same hosts.'),
    failedAuthorizations: Limit.optional().describe('Proofs of one host that failed.'),
  })
  .describe(
    'What this CA lets one have, so that more is not asked of it. What is left out counts as unlimited; at Let’s Encrypt’s directories, as what it publishes.',
  );

const OwnIssuer = z.strictObject({
  directory: HttpsUrl.describe('ACME directory of another CA.'),
  caBundle: CaBundle.optional(),
  externalAccountBinding: ExternalAccountBinding.optional(),
  limits: Limits.optional(),
});

/** A certificate authority. */
export const Issuer = z
  .union([z.enum(['letsencrypt', 'letsencrypt-staging']), OwnIssuer])
  .describe(
    'A certificate authority. `letsencrypt` is trusted by browsers and limits what it issues; `letsencrypt-staging` is neither; any other ACME CA is given by its directory.',
  );
