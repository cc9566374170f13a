import type { Injected, RetryAfter } from './fault.ts';
import type { CaResponse } from './forwarder.ts';
import { renderRetryAfter } from './retry-after.ts';

const URN = 'urn:ietf:params:acme:error:';

/** The answer that comes instead of the CA's; it brings no nonce. `undefined` for faults that need the CA or break the connection. */
export function refusalOf(injected: Injected, now: number): CaResponse | undefined {
  switch (injected.kind) {
    case 'server-error': {
      const { status, body, retryAfter } = injected;
      return body === 'page'
        ? page(status, retryAfter, now)
        : problem(status, 'serverInternal', 'The fault proxy breaks this on purpose', retryAfter, now);
    }
    case 'too-many': {
      const { retryAfter, detail = 'The fault proxy finds that these are too many requests' } = injected;
      return problem(429, 'rateLimited', detail, retryAfter, now);
    }
    case 'storm':
      return problem(429, 'rateLimited', 'The fault proxy lets nothing through for now', injected.retryAfter, now);
    default:
      return undefined;
  }
}

/** As a load balancer answers for a CA that it does not reach. */
export function badGateway(now: number): CaResponse {
  return page(502, undefined, now);
}

function problem(
  status: number,
  type: string,
  detail: string,
  retryAfter: RetryAfter | undefined,
  now: number,
): CaResponse {
  const body = JSON.stringify({ type: URN + type, detail, status });
  return answer(status, 'application/problem+json', body, retryAfter, now);
}

function page(status: number, retryAfter: RetryAfter | undefined, now: number): CaResponse {
  return answer(status, 'text/html', `<html><body><h1>${status}</h1></body></html>\n`, retryAfter, now);
}

function answer(status: number, type: string, body: string, retryAfter: RetryAfter | undefined, now: number) {
  const waiting = retryAfter === undefined ? {} : { 'retry-after': [renderRetryAfter(retryAfter, now)] };
  return { status, headers: { 'content-type': [type], ...waiting }, body: Buffer.from(body) };
}
