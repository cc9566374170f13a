import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSelfSigned } from './self-signed.ts';

/** A signed request as it came in, taken apart and not verified. */
export interface Received {
  readonly path: string;
  readonly protected: { readonly nonce: string; readonly url: string; readonly kid?: string };
  readonly payload: string;
  readonly headers: IncomingMessage['headers'];
}

export interface ScriptedCa extends AsyncDisposable {
  readonly origin: string;
  readonly caBundle: string;
  readonly received: readonly Received[];
}

/**
 * An HTTPS server on the loopback for what no real CA does on request. It has a directory at `/dir` and nonces `n1`, `n2`, …; what it
 * answers to signed requests is the test's.
 */
export async function startScriptedCa(
  answer: (request: Received, response: ServerResponse, attempt: number) => void,
  meta: object = {},
): Promise<ScriptedCa> {
  const { certificate, privateKey } = await createSelfSigned();
  const received: Received[] = [];
  let nonces = 0;
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    const path = request.url ?? '';
    const origin = `https://${request.headers.host ?? ''}`;
    response.setHeader('replay-nonce', `n${String(++nonces)}`);
    if (path === '/dir') {
      const urls = ['newNonce', 'newAccount', 'newOrder', 'renewalInfo'].map((name) => [name, `${origin}/${name}`]);
      response.end(JSON.stringify({ ...Object.fromEntries(urls), meta }));
    } else if (request.method === 'HEAD') {
      response.end();
    } else {
      void readAll(request).then((body) => {
        const jws = JSON.parse(body) as { protected: string; payload: string };
        const decode = (text: string) => Buffer.from(text, 'base64url').toString();
        const header = JSON.parse(decode(jws.protected)) as Received['protected'];
        const item = { path, protected: header, payload: decode(jws.payload), headers: request.headers };
        received.push(item);
        answer(item, response, received.length);
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    caBundle: certificate,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks = (await request.toArray()) as Buffer[];
  return Buffer.concat(chunks).toString();
}
