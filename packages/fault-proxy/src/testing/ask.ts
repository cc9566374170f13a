import { Agent, request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import type { FaultProxy } from '../start-fault-proxy.ts';

export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

let nonces = 0;

/** What a client would send, with a fresh nonce and without a signature. Without a payload it is a POST-as-GET. */
export function signed(payload?: object): string {
  const encode = (value: string) => Buffer.from(value).toString('base64url');
  const header = { alg: 'none', nonce: `c${++nonces}`, kid: 'https://ca.example/my-account/1' };
  return JSON.stringify({
    protected: encode(JSON.stringify(header)),
    payload: encode(payload === undefined ? '' : JSON.stringify(payload)),
    signature: '',
  });
}

export function newOrder(...names: string[]): string {
  return signed({ identifiers: names.map((value) => ({ type: 'dns', value })) });
}

/** One request on a connection of its own. @throws what broke it. */
export async function ask(
  { origin, caBundle }: FaultProxy,
  path: string,
  options: { readonly body?: string; readonly method?: string; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const { body, method = body === undefined ? 'GET' : 'POST', signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const agent = new Agent({ ca: caBundle });
  const sent: RequestOptions = { method, agent, headers: { 'user-agent': 'test' }, ...(signal && { signal }) };
  request(`${origin}${path}`, sent, (incoming) => {
    const { statusCode: status = 0, headersDistinct } = incoming;
    const header = (name: string) => headersDistinct[name]?.join(', ');
    text(incoming).then((whole) => resolve({ status, header, body: whole }), reject);
  })
    .on('error', reject)
    .end(body);
  return promise;
}
