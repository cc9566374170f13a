import { z } from 'zod';
import { rulePattern } from './rule.ts';

/**
 * Traefik merges keys that differ only in case, and reads a number as a place in a list. So names are lower case and begin with a letter.
 */
const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and dashes, at most 63, a letter first');

/** A name of this configuration, or `name@provider` of another. */
const Reference = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}(@(internal|kubernetes|file))?$/, 'name an object of this provider or name@provider');

// In the store every value is text.
const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const Whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);

/** Traefik sorts a list's keys as text, so an eleventh would come second. */
const list = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(10);

const Router = z.strictObject({
  rule: z
    .string()
    .max(2_000)
    .regex(rulePattern, 'use Host, Path and PathPrefix with plain arguments, joined by && or ||'),
  entryPoints: list(Name).optional(),
  middlewares: list(Reference).optional(),
  service: Reference,
  priority: Whole.pipe(z.number().min(1)).optional().describe('Higher wins; by default the length of the rule.'),
  tls: Flag.pipe(z.literal(true)).optional().describe('Serve over TLS with the certificate that fits.'),
});

const Service = z.strictObject({
  loadBalancer: z.strictObject({
    servers: list(
      z.strictObject({
        url: z
          .url({ protocol: /^https?$/, error: 'use an http or https URL' })
          .regex(/^[^\s,`]+$/, 'no spaces, commas or backticks'),
      }),
    ),
    passHostHeader: Flag.optional(),
    serversTransport: Reference.optional(),
  }),
});

const Duration = z.string().regex(/^\d{1,6}(ms|s)$/, 'use a whole number of ms or s, like 100ms');

const ServersTransport = z.strictObject({
  maxIdleConnsPerHost: Whole.optional().describe('-1 opens a new connection for each request.'),
  forwardingTimeouts: z
    .strictObject({ dialTimeout: Duration.optional(), responseHeaderTimeout: Duration.optional() })
    .optional(),
});

const Middleware = z
  .strictObject({
    redirectScheme: z
      .strictObject({
        scheme: z.enum(['http', 'https']),
        port: z
          .string()
          .regex(/^\d{1,5}$/)
          .optional(),
        permanent: Flag.optional(),
      })
      .optional(),
    buffering: z
      .strictObject({
        maxRequestBodyBytes: Whole.optional(),
        retryExpression: z.string().min(1).describe('When the same request is sent again, though it was received.'),
      })
      .optional(),
    retry: z
      .strictObject({
        attempts: Whole.pipe(z.number().min(1).max(10)),
        initialInterval: Duration.optional(),
      })
      .optional(),
  })
  .refine(
    (middleware) => Object.values(middleware).filter((one) => one !== undefined).length === 1,
    'name exactly one kind of middleware',
  );

// Traefik takes what is not PEM for the name of a file to read.
const pem = (what: string, label: string) =>
  z
    .string()
    .regex(new RegExp(`^-----BEGIN ${label}-----\\n[\\s\\S]+\\n-----END ${label}-----\\n?$`), `use ${what} in PEM`)
    .regex(/^[\x20-\x7e\n]*$/, 'PEM is plain ASCII');

const Certificate = z.strictObject({
  certFile: pem('a certificate chain', 'CERTIFICATE'),
  keyFile: pem('a private key', '(?:EC |RSA )?PRIVATE KEY'),
});

/** A certificate's place in the tree. */
export const CertificateId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use lower-case letters, digits and dashes, at most 64')
  .regex(/\D/, 'a number would be a place in a list');

/** What we publish of Traefik's dynamic configuration. One unknown field makes every gateway refuse all further updates, so none is let through. */
export const TraefikConfig = z
  .strictObject({
    http: z
      .strictObject({
        routers: z.record(Name, Router).optional(),
        services: z.record(Name, Service).optional(),
        middlewares: z.record(Name, Middleware).optional(),
        serversTransports: z.record(Name, ServersTransport).optional(),
      })
      .optional(),
    tls: z.strictObject({ certificates: z.record(CertificateId, Certificate).optional() }).optional(),
  })
  .check((context) => {
    const { services = {}, middlewares = {}, routers = {}, serversTransports = {} } = context.value.http ?? {};
    const missing = (path: string[], kind: string, name: string, among: object) => {
      if (name.includes('@') || Object.hasOwn(among, name)) return;
      context.issues.push({ code: 'custom', path, message: `no ${kind} has this name`, input: name });
    };
    for (const [name, { loadBalancer }] of Object.entries(services)) {
      if (loadBalancer.serversTransport === undefined) continue;
      missing(['http', 'services', name], 'serversTransport', loadBalancer.serversTransport, serversTransports);
    }
    for (const [name, router] of Object.entries(routers)) {
      missing(['http', 'routers', name, 'service'], 'service', router.service, services);
      for (const used of router.middlewares ?? []) {
        missing(['http', 'routers', name, 'middlewares'], 'middleware', used, middlewares);
      }
    }
  });
export type TraefikConfig = z.infer<typeof TraefikConfig>;
