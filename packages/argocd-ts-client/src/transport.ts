import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** How requests leave: the platform's `fetch`, or one made by {@link createFetch} for a private CA. Redirects may be left unfollowed. */
export type Fetch = (request: Request) => Promise<Response>;

/** PEM texts, never paths. */
export interface Tls {
  /** Trusted CAs, instead of the system's. */
  readonly ca?: string | undefined;
  /** Client certificate and its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Name that the server's certificate must hold, where it is not the host of the address. */
  readonly serverName?: string | undefined;
}

/** Reads what {@link Tls} holds from PEM files. */
export async function tlsFromFiles(files: {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}): Promise<Tls> {
  const read = async (file: string | undefined) => (file === undefined ? undefined : readFile(file, 'utf8'));
  const [ca, cert, key] = await Promise.all([read(files.caFile), read(files.certFile), read(files.keyFile)]);
  return { ca, cert, key };
}

const keepAliveMs = 30_000;

/** A fetch with its own trust and client certificate, without touching process-wide settings. Follows no redirects. */
export function createFetch({ ca, cert, key, serverName }: Tls = {}): Fetch {
  // A Request that is collected takes its signal with it: an abort after that would never reach an open stream.
  const open = new Set<Request>();
  const agent = new Agent({ keepAlive: false, ca, cert, key, servername: serverName });
  return async (request) => {
    const url = new URL(request.url);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const headers = Object.fromEntries(request.headers);
    if (body !== undefined) headers['content-length'] = String(body.length);
    const options = { method: request.method, headers, signal: request.signal };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent }, resolve)
          : httpRequest(url, options, resolve);
      outgoing.on('socket', (socket) => socket.setKeepAlive(true, keepAliveMs));
      open.add(request);
      outgoing.on('close', () => open.delete(request));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    return responseOf(answer);
  };
}

const bodiless = new Set([204, 205, 304]);

function responseOf(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    headers.append(answer.rawHeaders[i] ?? '', answer.rawHeaders[i + 1] ?? '');
  }
  if (bodiless.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as globalThis.ReadableStream<Uint8Array>, { status, headers });
}
