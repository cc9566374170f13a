import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ApiCall {
  readonly method: string;
  /** As sent, with its query. */
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeApi extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly ApiCall[];
}

/** An HTTP server on the loopback that answers as told. What it is a fake of, the caller says. */
export async function startFakeApi(answer: (call: ApiCall) => ApiReply | Promise<ApiReply>): Promise<FakeApi> {
  const calls: ApiCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
      const target = request.url ?? '';
      const { pathname, searchParams } = new URL(target, 'http://fake');
      const { method = '', headers } = request;
      const call = { method, target, path: decodeURIComponent(pathname), query: searchParams, headers, body };
      calls.push(call);
      const reply = await answer(call);
      response.writeHead(reply.status, reply.headers).end(reply.body);
    })();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(status: number, content: unknown, headers: Readonly<Record<string, string>> = {}): ApiReply {
  return { status, body: JSON.stringify(content), headers: { 'content-type': 'application/json', ...headers } };
}
