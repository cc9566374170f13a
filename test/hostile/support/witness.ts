import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A backend behind the gateway that keeps what reaches it. */
export interface Witness extends AsyncDisposable {
  readonly url: string;
  /** Paths, as they were sent, and how often each was. */
  readonly seen: ReadonlyMap<string, number>;
  /** Headers of the request that came last. */
  lastHeaders(): IncomingHttpHeaders;
  /** What it got that is no HTTP. */
  readonly nonsense: readonly string[];
}

/** Answers every request with its path. */
export async function startWitness(): Promise<Witness> {
  const seen = new Map<string, number>();
  const nonsense: string[] = [];
  let lastHeaders: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    seen.set(path, (seen.get(path) ?? 0) + 1);
    lastHeaders = request.headers;
    request.resume();
    request.once('end', () => response.end(`the witness saw ${path}\n`));
  });
  // One that is closed as a request comes would have the gateway send that again.
  server.keepAliveTimeout = 0;
  // A request that its client broke off is broken off here.
  const brokenOff = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!brokenOff.has(error.code ?? '')) nonsense.push(`${error.code}: ${error.message}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    nonsense,
    lastHeaders: () => lastHeaders,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
