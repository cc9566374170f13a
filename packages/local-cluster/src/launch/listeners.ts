import { createServer, type Server } from 'node:net';
import { ClusterError } from '../errors.ts';
import { hostListeners, type HostListener } from '../supervisor/spec.ts';

/** Ports on the host's loopback that are tried first; the next free one is taken where one is in use. */
export const preferredPorts: Readonly<Record<HostListener, number>> = {
  api: 6443,
  http: 8080,
  https: 8443,
  argocd: 8444,
  git: 8418,
};

const loopback = '127.0.0.1';
const attempts = 50;

export interface HostListeners {
  readonly servers: ReadonlyMap<HostListener, Server>;
  readonly ports: Readonly<Record<HostListener, number>>;
  readonly close: () => void;
}

/**
 * Opens every listener on the host's loopback, each at its preferred port or the next free one.
 *
 * @throws {@link ClusterError} `PORT_IN_USE` when none of fifty is free.
 */
export async function openListeners(preferred: Readonly<Record<HostListener, number>>): Promise<HostListeners> {
  const servers = new Map<HostListener, Server>();
  const ports = {} as Record<HostListener, number>;
  const close = () => {
    for (const server of servers.values()) server.close();
  };
  try {
    for (const name of hostListeners) {
      const { server, port } = await openFrom(preferred[name], name);
      servers.set(name, server);
      ports[name] = port;
    }
  } catch (error) {
    close();
    throw error;
  }
  return { servers, ports, close };
}

async function openFrom(first: number, name: HostListener): Promise<{ server: Server; port: number }> {
  for (let port = first; port < first + attempts; port += 1) {
    const server = await open(port);
    if (server !== undefined) return { server, port };
  }
  throw new ClusterError(
    'PORT_IN_USE',
    `opening a port for ${name}: ${first} to ${first + attempts - 1} are all in use`,
    {
      hint: 'end what listens there (`ss -ltn` shows it)',
    },
  );
}

/** `undefined` when the port is taken, or is one that this user may not open. */
function open(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // The supervisor accepts the connections; here nobody may.
    const server = createServer({ pauseOnConnect: true }, (socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ host: loopback, port, backlog: 256 }, () => {
      resolve(server);
    });
  });
}
