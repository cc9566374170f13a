import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Server } from './servers.ts';

export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** An answer whose body comes as it is read. */
export interface Opened {
  readonly status: number;
  /** One header, by lowercase name. */
  readonly header: (name: string) => string | undefined;
  /** To be read to its end. Throws {@link ExchangeFailure} where it breaks off. */
  readonly body: AsyncIterable<Buffer>;
}

/** No answer came; `cause` is what Node says of it. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  /** `unverified`: the server did not prove to be the one that was asked for. With it and with `unconnected` nothing was sent. */
  readonly kind: 'unconnected' | 'unverified' | 'broken';

  constructor(kind: ExchangeFailure['kind'], cause: unknown) {
    super(kind, { cause });
    this.kind = kind;
  }
}

const unconnected: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Connections that are kept for reuse. Over HTTPS a server is to prove its name, which the global `fetch` cannot ask of an address. */
export class Connections {
  readonly #readCa: (() => Promise<string | undefined>) | undefined;
  readonly #plain = new HttpAgent({ keepAlive: true });
  #ca: string | undefined;
  #secure: HttpsAgent | undefined;

  /** @param readCa - gives the certificates of the CAs to trust, PEM; the public ones without. Asked before each request over HTTPS. */
  constructor(readCa?: () => Promise<string | undefined>) {
    this.#readCa = readCa;
  }

  /** Sends one request, once, and follows no redirect. @throws ExchangeFailure, or what `readCa` throws */
  async open({ origin, serverName }: Server, { body, headers, ...options }: Exchange): Promise<Opened> {
    // Node itself says it of no DELETE, whose body is then taken for the next request.
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const isSecure = origin.startsWith('https:');
    const agent = isSecure ? await this.#trusting() : this.#plain;
    return new Promise((resolve, reject) => {
      const outgoing = (isSecure ? httpsRequest : httpRequest)(
        origin,
        {
          ...options,
          headers: { ...headers, ...length },
          agent,
          ...(serverName !== undefined && { servername: serverName }),
        },
        (incoming) => {
          // Whoever reads the body is told of it; until then nobody listens.
          incoming.on('error', () => undefined);
          resolve({
            status: incoming.statusCode ?? 0,
            header: (name) => incoming.headersDistinct[name]?.[0],
            body: bytesOf(incoming),
          });
        },
      );
      outgoing.on('error', (cause: NodeJS.ErrnoException) => {
        const { socket } = outgoing;
        reject(new ExchangeFailure(failureKind(socket instanceof TLSSocket ? socket : undefined, cause), cause));
      });
      outgoing.end(body);
    });
  }

  /** Whoever was trusted by other certificates is connected to anew. */
  async #trusting(): Promise<HttpsAgent> {
    const ca = await this.#readCa?.();
    if (this.#secure === undefined || ca !== this.#ca) {
      const idle = Object.values(this.#secure?.freeSockets ?? {}).flatMap((sockets) => sockets ?? []);
      for (const socket of idle) socket.destroy();
      this.#ca = ca;
      this.#secure = new HttpsAgent({ keepAlive: true, minVersion: 'TLSv1.3', ...(ca !== undefined && { ca }) });
    }
    return this.#secure;
  }
}

async function* bytesOf(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* incoming as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new ExchangeFailure('broken', cause);
  }
}

/** The whole of a body. */
export async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function failureKind(socket: TLSSocket | undefined, { code = '' }: NodeJS.ErrnoException): ExchangeFailure['kind'] {
  if (unconnected.has(code)) return 'unconnected';
  // Node sets it where the certificate is not one to trust, or is another name's.
  if (socket?.authorizationError) return 'unverified';
  return /^(EPROTO|ERR_SSL_)/.test(code) ? 'unverified' : 'broken';
}
