import { Agent, request } from 'node:https';
import { AcmeError } from '../errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: string;
  readonly accept?: string;
  /** A signed request, sent as `application/jose+json`. */
  readonly jws?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** One header, by lowercase name. */
  header(name: string): string | undefined;
  readonly body: string;
}

/** Sends one request, once. @throws AcmeError `UNREACHABLE`, or the signal's reason when that was aborted. */
export type SendHttp = (request: HttpRequest, signal: AbortSignal) => Promise<HttpResponse>;

export interface HttpOptions {
  readonly caBundle: string | undefined;
  readonly userAgent: string;
  readonly timeoutMs: number;
}

/** No answer of ACME comes near it; a chain is some 10 KiB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** HTTPS with trust and time limits of its own, which the global `fetch` cannot have. Follows no redirect: ACME has none. */
export function createHttps({ caBundle, userAgent, timeoutMs }: HttpOptions): SendHttp {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, ...(caBundle === undefined ? {} : { ca: caBundle }) });

  return async ({ method, url, accept = 'application/json', jws }, signal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const headers: Record<string, string | number> = { 'user-agent': userAgent, accept };
    if (jws !== undefined) {
      headers['content-type'] = 'application/jose+json';
      headers['content-length'] = Buffer.byteLength(jws);
    }
    try {
      return await exchange(url, { method, agent, headers, signal: limit }, jws);
    } catch (cause) {
      signal.throwIfAborted();
      const why = limit.aborted
        ? `no answer in ${timeoutMs} ms`
        : cause instanceof Error
          ? cause.message
          : String(cause);
      throw new AcmeError('UNREACHABLE', `${method} ${url}: ${why}`, {
        cause,
        hint: 'check that the CA can be reached from here',
      });
    }
  };
}

function exchange(
  url: string,
  options: Parameters<typeof request>[1],
  body: string | undefined,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) outgoing.destroy(new Error(`the answer is longer than ${MAX_BODY_BYTES} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          header: (name) => incoming.headersDistinct[name]?.join(', '),
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
