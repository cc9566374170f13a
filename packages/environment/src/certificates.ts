import { z } from 'zod';
import { ConfigMapKey, HttpsUrl, ObjectName } from './names.ts';

const CaBundle = z
  .strictObject({
    configMap: ObjectName.describe('ConfigMap in the namespace gatefleet.'),
    key: ConfigMapKey.describe('Its key that holds PEM certificates.'),
  })
  .describe('Certificates to trust when talking to this CA, for one that the public roots do not know.');

const OwnIssuer = z.strictObject({
  directory: HttpsUrl.describe('ACME directory of another CA.'),
  caBundle: CaBundle.optional(),
});

/** Where certificates come from. */
export const Certificates = z
  .strictObject({
    issuer: z
      .union([z.enum(['letsencrypt', 'letsencrypt-staging']), OwnIssuer])
      .default('letsencrypt')
      .describe(
        'The certificate authority. `letsencrypt` is trusted by browsers and limits what it issues; `letsencrypt-staging` is neither; any other ACME CA is given by its directory.',
      ),
    email: z
      .email()
      .meta({ title: 'e-mail address' })
      .describe('Contact of the ACME account. A mailbox that a team reads, not one person’s.'),
  })
  .describe('Where certificates come from.');
