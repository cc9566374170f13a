import type { z } from 'zod';
import { AcmeError } from '../errors.ts';
import { systemClock } from '../clock.ts';
import type { Clock } from '../ports.ts';
import type { AccountKey } from './account-key.ts';
import { EndpointGates, type Endpoint } from './endpoint-gates.ts';
import { createHttps, type HttpResponse, type SendHttp } from './http.ts';
import { NoncePool } from './nonces.ts';
import { errorFromResponse, isBadNonce } from './problem.ts';
import { repeatRead } from './repeat-read.ts';
import { Directory } from './resources.ts';

export interface CaOptions {
  /** `https:` URL of the CA's directory. */
  readonly directoryUrl: string;
  /** PEM certificates to trust instead of the public roots. */
  readonly caBundle?: string;
  /** Names the program and its version to the CA. Default `gatefleet`. */
  readonly userAgent?: string;
  /** For one request and its answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

export interface SignedRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  /** Sent as JSON; without it this is a POST-as-GET. */
  readonly payload?: object;
  readonly key: AccountKey;
  /** The account's URL; without it the request is signed as by a stranger, who sends the key along. */
  readonly accountUrl?: string;
  readonly accept?: string;
}

/** One CA as any account sees it: its directory, its nonces, its connections. One for each directory and process. */
export interface CertificateAuthority {
  readonly directoryUrl: string;
  directory(signal: AbortSignal): Promise<Directory>;
  /** Reads what anybody may read. @throws AcmeError for every answer but 2xx. */
  get(
    doing: string,
    request: { readonly endpoint: Endpoint; readonly url: string },
    signal: AbortSignal,
  ): Promise<HttpResponse>;
  /**
   * Sends a signed request. Only a rejected nonce, after which the CA has done nothing, makes it send again: what else went wrong may
   * have been carried out, so read before repeating.
   * @param doing - what is under way, for messages: `reading order https://…`.
   * @throws AcmeError for every answer but 2xx.
   */
  post(doing: string, request: SignedRequest, signal: AbortSignal): Promise<HttpResponse>;
}

/** At 15 % of nonces rejected, one request in 170 million runs out of them. */
const MAX_NONCES = 10;

/** Asks the CA for nothing yet. */
export function connectCa(options: CaOptions): CertificateAuthority {
  const { directoryUrl, caBundle, userAgent = 'gatefleet', timeoutMs = 30_000, clock = systemClock } = options;
  const gates = new EndpointGates(clock);
  const send: SendHttp = createHttps({ caBundle, userAgent, timeoutMs });
  const nonces = new NoncePool(fetchNonce);
  let known: Directory | undefined;

  async function directory(signal: AbortSignal): Promise<Directory> {
    if (known !== undefined) return known;
    const doing = `reading the directory ${directoryUrl}`;
    const read = () => get(doing, { endpoint: 'directory', url: directoryUrl }, signal);
    known = readBody(doing, await repeatRead(read, clock, signal), Directory);
    return known;
  }

  const get: CertificateAuthority['get'] = (doing, { endpoint, url }, signal) =>
    gates.pass(endpoint, doing, async () => {
      const response = await send({ method: 'GET', url }, signal);
      if (!isSuccess(response)) throw errorFromResponse(doing, response, clock.now());
      return response;
    });

  async function fetchNonce(signal: AbortSignal): Promise<string> {
    const { newNonce } = await directory(signal);
    const ask = async () => {
      const response = await send({ method: 'HEAD', url: newNonce }, signal);
      const nonce = response.header('replay-nonce');
      if (nonce === undefined) throw errorFromResponse('asking for a nonce', response, clock.now());
      return nonce;
    };
    return repeatRead(() => gates.pass('newNonce', 'asking for a nonce', ask), clock, signal);
  }

  /** The nonce that came with an error goes into the next try, not into the pool. */
  async function attempt(doing: string, request: SignedRequest, nonce: string, signal: AbortSignal) {
    const { url, payload, key, accountUrl, accept } = request;
    const signer = accountUrl === undefined ? { jwk: key.publicJwk } : { kid: accountUrl };
    const jws = await key.sign(payload === undefined ? '' : JSON.stringify(payload), { ...signer, nonce, url });
    const response = await send({ method: 'POST', url, jws, ...(accept === undefined ? {} : { accept }) }, signal);
    const error = isSuccess(response) ? undefined : errorFromResponse(doing, response, clock.now());
    return { response, error, nextNonce: response.header('replay-nonce') };
  }

  async function sendSigned(doing: string, request: SignedRequest, first: string, signal: AbortSignal) {
    let nonce = first;
    for (let used = 1; ; used++) {
      const { response, error, nextNonce } = await attempt(doing, request, nonce, signal);
      if (isBadNonce(error) && nextNonce !== undefined && used < MAX_NONCES) {
        nonce = nextNonce;
        continue;
      }
      nonces.keep(nextNonce);
      if (error !== undefined) throw error;
      return response;
    }
  }

  return {
    directoryUrl,
    directory,
    get,
    async post(doing, request, signal) {
      // Apart, so that trouble with nonces is not taken for trouble with what they are for.
      const nonce = await nonces.take(signal);
      let isUsed = false;
      try {
        return await gates.pass(request.endpoint, doing, () => {
          isUsed = true;
          return sendSigned(doing, request, nonce, signal);
        });
      } finally {
        if (!isUsed) nonces.keep(nonce);
      }
    },
  };
}

/** @throws AcmeError `CA_BROKEN` when the body is not what RFC 8555 promises. */
export function readBody<T>(doing: string, response: HttpResponse, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(response.body));
  } catch (cause) {
    throw new AcmeError('CA_BROKEN', `${doing}: the answer is not what RFC 8555 promises`, {
      cause,
      status: response.status,
    });
  }
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}
