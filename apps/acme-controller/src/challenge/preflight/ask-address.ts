import { request } from 'node:http';
import { isIPv6 } from 'node:net';
import { challengePath } from '@gatefleet/acme';
import type { Probe } from './probe-tokens.ts';

/** What was found at one address of a host. */
export type Sight =
  | { readonly kind: 'ours' }
  | { readonly kind: 'other'; readonly status: number }
  | { readonly kind: 'silent'; readonly why: string }
  /** There is no way to it from here, which tells nothing of the way from elsewhere. */
  | { readonly kind: 'no-route' };

export interface AskOptions {
  /** In the Host header. */
  readonly host: string;
  readonly port: number;
}

/** For all of it: connecting, and the last byte of the answer. */
const TIMEOUT_MS = 3_000;
const NO_ROUTE = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Asks one address for a probe as a CA asks for a challenge. The address is connected to as it is, no name is looked up again and no
 * redirect followed; of what comes back, no more is read than the answer is long, and nothing is handed on.
 *
 * @throws the signal's reason
 */
export async function askAddress(
  address: string,
  { token, answer }: Probe,
  { host, port }: AskOptions,
  signal: AbortSignal,
): Promise<Sight> {
  const sight = await new Promise<Sight>((resolve) => {
    const asked = request(
      {
        host: address,
        family: isIPv6(address) ? 6 : 4,
        port,
        path: challengePath(token),
        headers: { host, 'user-agent': 'gatefleet' },
        agent: false,
        maxHeaderSize: 8_192,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      },
      (response) => {
        const { statusCode: status = 0 } = response;
        let body = '';
        const end = () => {
          resolve(status === 200 && body === answer ? { kind: 'ours' } : { kind: 'other', status });
          asked.destroy();
        };
        response.setEncoding('latin1').on('data', (text: string) => {
          body += text;
          if (body.length > answer.length) end();
        });
        response.once('end', end).once('error', (error) => resolve(sightOf(error)));
      },
    );
    asked.once('error', (error) => resolve(sightOf(error))).end();
  });
  signal.throwIfAborted();
  return sight;
}

function sightOf(error: Error & { code?: string }): Sight {
  const { code = error.name } = error;
  if (NO_ROUTE.has(code)) return { kind: 'no-route' };
  return { kind: 'silent', why: code === 'ABORT_ERR' ? `no answer in ${TIMEOUT_MS / 1_000} s` : code };
}
