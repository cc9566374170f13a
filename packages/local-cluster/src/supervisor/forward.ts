import { connect, type Server, type Socket } from 'node:net';

/** A port, or the path of a unix socket. */
export type Target = { readonly host: string; readonly port: number } | { readonly path: string };

const connectTimeoutMs = 3_000;

/**
 * Joins each connection that a listener of the host accepts to an address inside the cluster. The listener's socket was
 * opened outside and handed over, so its connections arrive here although this process is in another network namespace.
 */
export function forward(server: Server, target: () => Promise<Target>): void {
  server.on('connection', (client: Socket) => {
    client.on('error', () => client.destroy());
    client.pause();
    void target().then(
      (address) => {
        const inside = connect({ ...address, allowHalfOpen: true });
        // Where no Service answers for the address yet, nothing does.
        inside.setTimeout(connectTimeoutMs, () => inside.destroy());
        inside.once('connect', () => inside.setTimeout(0));
        inside.on('error', () => client.destroy());
        client.on('close', () => inside.destroy());
        inside.on('close', () => client.destroy());
        client.pipe(inside);
        inside.pipe(client);
      },
      () => client.destroy(),
    );
  });
}
