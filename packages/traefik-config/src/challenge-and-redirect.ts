import type { TraefikConfig } from './schema.ts';
import { pathPrefixRule } from './rule.ts';

export interface ChallengeAndRedirectOptions {
  /** Where challenges are answered, e.g. `http://acme-controller.gatefleet.svc.cluster.local:8402`. */
  readonly challengeUrl: string;
  /** Entry point for plain HTTP. */
  readonly entryPoint: string;
  /** Port in the redirect, where users reach HTTPS at another than 443. */
  readonly httpsPort?: number | undefined;
}

/** Below every route of an Ingress, so a team can serve plain HTTP by a route of its own. */
const REDIRECT_PRIORITY = 10;
/** Above every route of an Ingress, whose priority is the length of its rule. */
const CHALLENGE_PRIORITY = 1_000_000;

/** Plain HTTP goes to HTTPS, save the CA's challenges (RFC 8555 section 8.3), which go to whoever can answer them. */
export function challengeAndRedirect({
  challengeUrl,
  entryPoint,
  httpsPort,
}: ChallengeAndRedirectOptions): TraefikConfig {
  return {
    http: {
      routers: {
        'acme-challenge': {
          rule: pathPrefixRule('/.well-known/acme-challenge/'),
          entryPoints: [entryPoint],
          middlewares: ['acme-challenge-resend', 'acme-challenge-retry'],
          service: 'acme-challenge',
          priority: CHALLENGE_PRIORITY,
        },
        'https-redirect': {
          rule: pathPrefixRule('/'),
          entryPoints: [entryPoint],
          middlewares: ['https-redirect'],
          service: 'noop@internal',
          priority: REDIRECT_PRIORITY,
        },
      },
      services: {
        'acme-challenge': { loadBalancer: { servers: [{ url: challengeUrl }], serversTransport: 'acme-challenge' } },
      },
      // The CA asks once, waits about ten seconds, and counts what fails. So no connection is kept to a replica that may be gone, and one
      // that cannot be had or says nothing is given up soon enough for three others.
      serversTransports: {
        'acme-challenge': {
          maxIdleConnsPerHost: -1,
          forwardingTimeouts: { dialTimeout: '1s', responseHeaderTimeout: '2500ms' },
        },
      },
      middlewares: {
        // `retry` is over once a replica has the request. One that ends with the request in hand, or cannot read the store, would be the
        // CA's answer, and the order lost. https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/buffering/
        'acme-challenge-resend': {
          buffering: {
            maxRequestBodyBytes: 1_024,
            retryExpression: '(IsNetworkError() || ResponseCode() == 503) && Attempts() < 4',
          },
        },
        'acme-challenge-retry': { retry: { attempts: 4, initialInterval: '50ms' } },
        'https-redirect': {
          redirectScheme: {
            scheme: 'https',
            permanent: true,
            ...(httpsPort !== undefined && httpsPort !== 443 && { port: String(httpsPort) }),
          },
        },
      },
    },
  };
}
