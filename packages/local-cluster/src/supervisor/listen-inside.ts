import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { createServer, type Server } from 'node:net';
import type { Target } from './forward.ts';

/** Listens inside the cluster, or at a socket in its folder that other clusters' namespaces see too, until the signal aborts. */
export async function listenInside(at: Target, serve: (server: Server) => void, signal: AbortSignal): Promise<void> {
  const server = createServer({ pauseOnConnect: true });
  serve(server);
  if ('path' in at) {
    // A path from the folder that this process works in is short enough for a socket.
    const path = relative('.', at.path);
    await rm(path, { force: true });
    server.listen({ path, readableAll: false, writableAll: false });
  } else server.listen(at);
  await once(server, 'listening');
  signal.addEventListener('abort', () => server.close(), { once: true });
}
