import { Agent as HttpAgent, request as requestHttp, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request that came in, as a whole. */
export interface CaRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CaResponse {
  readonly status: number;
  /** By lowercase name; each value by itself. Without those that hold for one connection only. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer;
}

export interface Forwarder {
  /** Sends it once. @throws what kept the CA from answering, or the signal's reason. */
  send(request: CaRequest, signal: AbortSignal): Promise<CaResponse>;
  close(): void;
}

/** Longer than any answer of a CA takes, and than clients wait. */
const TIMEOUT_MS = 120_000;

const ofOneConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/**
 * Sends requests on with the `Host` that the client gave. Pebble makes the URLs in its answers from it, and holds signed URLs against
 * it (`relativeEndpoint` and `verifyJWS` in its `wfe/wfe.go`): so the CA itself speaks of the proxy, and nothing has to be rewritten.
 *
 * @param origin - where the CA is; `http:` for a fake one.
 * @param ca - PEM to trust instead of the public roots.
 */
export function createForwarder(origin: string, ca: string | undefined): Forwarder {
  const { protocol, hostname, port } = new URL(origin);
  const isHttps = protocol === 'https:';
  const request = isHttps ? requestHttps : requestHttp;
  const agent = isHttps
    ? new HttpsAgent({
        keepAlive: true,
        // Node would take it from the Host header, which names the proxy.
        servername: isIP(hostname) === 0 ? hostname : '',
        ...(ca === undefined ? {} : { ca }),
      })
    : new HttpAgent({ keepAlive: true });

  return {
    async send({ method, path, headers, body }, signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const passedOn = Object.entries(headers).filter(([name]) => !ofOneConnection.has(name));
      const own = { 'x-forwarded-proto': 'https', ...(body.length === 0 ? {} : { 'content-length': body.length }) };
      const { promise, resolve, reject } = Promise.withResolvers<CaResponse>();
      const options = { hostname, port, method, path, agent, signal: limit };
      request({ ...options, headers: { ...Object.fromEntries(passedOn), ...own } }, (incoming) => {
        const { statusCode = 0, headersDistinct } = incoming;
        const kept = Object.entries(headersDistinct).flatMap(([name, values]) =>
          ofOneConnection.has(name) || values === undefined ? [] : [[name, values] as const],
        );
        buffer(incoming).then(
          (whole) => resolve({ status: statusCode, headers: Object.fromEntries(kept), body: whole }),
          reject,
        );
      })
        .on('error', reject)
        .end(body);
      return promise;
    },
    close: () => agent.destroy(),
  };
}
