import { createServer, type RequestListener } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { GitRemoteError } from './errors.ts';

/** Where a door listens: an address of its own (port 0: any free one), or a server that listens already and stays its owner's. */
export type Listener = NetServer | { readonly host: string; readonly port: number };

/** One way in. Connections come from its listener, if it has one, and from `handle`. */
export interface Door {
  /** Where its own listener, or the one handed over, listens by TCP; undefined when connections only come by `handle`. */
  readonly address: { readonly host: string; readonly port: number } | undefined;
  /** Serves a connection that was accepted elsewhere. */
  handle(socket: Socket): void;
  /** Takes no further connections and, once `idle` is settled, ends those there are. */
  close(idle: Promise<unknown>): Promise<void>;
}

/** A client that moves no byte for this long is dropped. */
const idleMs = 600_000;

/** @throws GitRemoteError `ADDRESS_UNUSABLE` */
export async function openDoor(listener: Listener | undefined, serve: RequestListener): Promise<Door> {
  const http = createServer(serve);
  http.timeout = idleMs;
  const sockets = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const handle = (socket: Socket): void => {
    http.emit('connection', socket);
  };
  const isForeign = listener instanceof NetServer;
  if (isForeign) listener.on('connection', handle);
  else if (listener !== undefined) await listen(http, listener);
  const address = (isForeign ? listener : http).address();
  return {
    address: isTcp(address) ? { host: address.address, port: address.port } : undefined,
    handle,
    async close(idle) {
      if (isForeign) listener.off('connection', handle);
      const closed = http.listening ? new Promise((resolve) => http.close(resolve)) : undefined;
      await idle;
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(
  http: NetServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message;
      reject(
        new GitRemoteError('ADDRESS_UNUSABLE', `listening on ${host}:${port}: ${why}`, {
          hint: 'choose another port, or 0 for any',
          cause,
        }),
      );
    });
    http.listen(port, host, resolve);
  });
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
