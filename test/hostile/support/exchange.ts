import { connect, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';

const secureContext = createSecureContext();
/** After an answer, for a second one to what should be one request. */
const QUIET_MS = 150;
const LIMIT_MS = 30_000;

/** What one client does on a connection of its own. */
export interface Attempt {
  readonly port: number;
  /** Within TLS, for this name. */
  readonly servername?: string | undefined;
  /** Sent piece by piece, as far as the other side lets it. */
  readonly send: readonly (string | Buffer)[];
  /** Between pieces. Default none. */
  readonly pauseMs?: number;
  /** Then: wait for answers (default), say that nothing more comes, or break the connection off. */
  readonly then?: 'wait' | 'end' | 'break';
  /** Of answers that are no HTTP/1. */
  readonly reading?: Reading;
}

/** Reads answers as they come. */
export interface Reading {
  readonly alpn: string;
  /** @returns whether all is there that is waited for */
  add(chunk: Buffer): boolean;
  /** @param how - what an outcome without an answer is called */
  kind(how: string): string;
}

/** What came back. */
export interface Outcome {
  /** Status of each answer in their order, or `closed` where there was none, `alert` of TLS, `open` where nothing ever happened. */
  readonly kind: string;
  readonly text: string;
}

/** Makes an attempt, and comes back when the other side has closed or has said all. */
export async function exchange({
  port,
  servername,
  send,
  pauseMs = 0,
  then = 'wait',
  reading,
}: Attempt): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<'over' | 'limit'>();
  const socket: Socket =
    servername === undefined
      ? connect({ port, host: '127.0.0.1', allowHalfOpen: then === 'end' })
      : connectTls({
          port,
          host: '127.0.0.1',
          servername,
          secureContext,
          rejectUnauthorized: false,
          ...(reading !== undefined && { ALPNProtocols: [reading.alpn] }),
        });
  const chunks: Buffer[] = [];
  let alert = false;
  let quiet: NodeJS.Timeout | undefined;
  const over = () => resolve('over');
  const limit = setTimeout(() => resolve('limit'), LIMIT_MS);
  socket.on('data', (chunk: Buffer) => {
    if (reading !== undefined) {
      if (reading.add(chunk)) over();
      return;
    }
    chunks.push(chunk);
    clearTimeout(quiet);
    quiet = setTimeout(over, QUIET_MS);
  });
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    alert = code?.startsWith('ERR_SSL_') === true;
    over();
  });
  socket.on('end', over);
  socket.on('close', over);
  socket.once(servername === undefined ? 'connect' : 'secureConnect', () => {
    void (async () => {
      for (const piece of send) {
        if (socket.destroyed) return;
        socket.write(piece);
        if (pauseMs > 0) await new Promise((go) => setTimeout(go, pauseMs));
      }
      if (then === 'end') socket.end();
      if (then === 'break') setTimeout(() => resolve('over'), 5);
    })();
  });
  const how = await promise;
  clearTimeout(limit);
  clearTimeout(quiet);
  if (then === 'break' && servername === undefined) socket.resetAndDestroy();
  else socket.destroy();
  const answer = Buffer.concat(chunks);
  const text = answer.toString('latin1');
  const without = how === 'limit' ? 'open' : 'closed';
  if (reading !== undefined) return { kind: reading.kind(alert ? 'alert' : without), text };
  const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => status);
  if (statuses.length > 0) return { kind: statuses.join(' '), text };
  if (alert || answer[0] === 0x15) return { kind: 'alert', text };
  return { kind: without, text };
}
