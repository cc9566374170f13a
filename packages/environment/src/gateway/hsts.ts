import { z } from 'zod';
import { Duration } from '../names.ts';

/** @see https://www.rfc-editor.org/rfc/rfc6797#section-6.1 */
export const Hsts = z
  .strictObject({
    maxAge: Duration.default('365d').describe(
      'How long a browser that was here once asks for these hosts by HTTPS alone. Begin with `5m`: it cannot be taken back.',
    ),
    includeSubDomains: z
      .boolean()
      .default(false)
      .describe('Whether that goes for all hosts below too, those that are not served here among them.'),
    preload: z
      .boolean()
      .default(false)
      .describe('Whether browsers may have the hosts on their built-in list. Needs `includeSubDomains` and a year.'),
  })
  .describe(
    'Tell browsers to ask for the hosts by HTTPS alone (HTTP Strict Transport Security). Left out: nothing is told.',
  );
