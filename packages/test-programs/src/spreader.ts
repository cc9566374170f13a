import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Spreader extends AsyncDisposable {
  readonly port: number;
  /** From now on only to these. */
  spreadTo(ports: readonly number[]): void;
}

/** As a load balancer does: each connection to the next of these ports of 127.0.0.1, past those where nobody listens. */
export async function startSpreader(first: readonly number[]): Promise<Spreader> {
  let ports = first;
  let turn = 0;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    incoming.on('error', () => undefined);
    void connectToOne(ports, turn++).then((outgoing) => {
      if (outgoing === undefined) return incoming.destroy();
      for (const socket of [incoming, outgoing]) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          incoming.destroy();
          outgoing.destroy();
        });
      }
      return incoming.pipe(outgoing).pipe(incoming);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    spreadTo: (others) => (ports = others),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function connectToOne(ports: readonly number[], turn: number): Promise<Socket | undefined> {
  for (let tried = 0; tried < ports.length; tried += 1) {
    const socket = connect(ports[(turn + tried) % ports.length] ?? 0, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      socket.destroy();
    }
  }
  return undefined;
}
