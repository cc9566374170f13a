import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSignedRequest, type SignedRequest } from '../signed-request.ts';

export interface FakeCa extends AsyncDisposable {
  readonly directoryUrl: string;
  /** Method and path of each request. */
  readonly received: readonly string[];
  /** How many requests it had at the same time, at most. */
  mostAtOnce(): number;
  /** Leaves without a word. */
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/**
 * A fake of a CA, over HTTP without TLS. It has Pebble's paths and, like Pebble, makes its URLs from the Host header and takes a nonce
 * once. It has one account, makes a new order for every request, issues as soon as it is told to finalize, and looks at no signature and no challenge.
 */
export async function startFakeCa({ takesMs = 0 }: { readonly takesMs?: number } = {}): Promise<FakeCa> {
  const received: string[] = [];
  let present = 0;
  let mostAtOnce = 0;
  const used = new Set<unknown>();
  const finalized = new Set<string>();
  let orders = 0;

  const account = (origin: string) => ({ status: 'valid', orders: `${origin}/list-orderz/1` });

  function answer(method: string, path: string, origin: string, signed: SignedRequest | undefined): Answer {
    const order = (id: string) => ({
      status: finalized.has(id) ? 'valid' : 'ready',
      finalize: `${origin}/finalize-order/${id}`,
      ...(finalized.has(id) ? { certificate: `${origin}/certZ/${id}` } : {}),
    });
    if (signed !== undefined) {
      if (used.has(signed.header['nonce'])) return problem(400, 'badNonce');
      used.add(signed.header['nonce']);
    }
    const [, resource = '', id = ''] = (path.split('?')[0] ?? '').split('/');
    switch (resource) {
      case 'dir':
        return { status: 200, body: { newNonce: `${origin}/nonce-plz`, newOrder: `${origin}/order-plz` } };
      case 'nonce-plz':
        return { status: method === 'HEAD' ? 200 : 204, headers: { 'replay-nonce': `n${received.length}` } };
      case 'sign-me-up':
        return { status: 201, headers: { location: `${origin}/my-account/1` }, body: account(origin) };
      case 'my-account':
        return id === '1' ? { status: 200, body: account(origin) } : problem(404, 'accountDoesNotExist');
      case 'order-plz': {
        const made = `o${++orders}`;
        const links = { location: `${origin}/my-order/${made}`, link: `<${origin}/dir>;rel="index"` };
        return { status: 201, headers: links, body: order(made) };
      }
      case 'my-order':
        return { status: 200, body: order(id) };
      case 'finalize-order':
        if (finalized.has(id)) return problem(403, 'orderNotReady');
        finalized.add(id);
        return { status: 200, body: order(id) };
      case 'certZ':
        return { status: 200, body: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' };
      default:
        return problem(404, 'malformed');
    }
  }

  const server = createServer((request: IncomingMessage, response) => {
    const { method = '', url = '', headers } = request;
    void text(request).then(async (sent) => {
      present += 1;
      mostAtOnce = Math.max(mostAtOnce, present);
      if (takesMs > 0) await sleep(takesMs);
      present -= 1;
      received.push(`${method} ${url}`);
      const origin = `${String(headers['x-forwarded-proto'] ?? 'http')}://${headers.host ?? ''}`;
      const { status, headers: own = {}, body = '' } = answer(method, url, origin, readSignedRequest(sent));
      response.writeHead(status, own).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  async function stop(): Promise<void> {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
  return {
    directoryUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dir`,
    received,
    mostAtOnce: () => mostAtOnce,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function problem(status: number, type: string): Answer {
  return { status, body: { type: `urn:ietf:params:acme:error:${type}` } };
}
