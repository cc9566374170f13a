import type { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createSecureContext } from 'node:tls';

/** One for all connections: each of its own would hold its own copy of the public roots. */
const secureContext = createSecureContext();

/** The certificate that a gateway shows for a host; undefined where it has none. */
export async function shown(port: number, servername: string): Promise<X509Certificate | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate | undefined>();
  const socket = connect({ host: '127.0.0.1', port, servername, secureContext, rejectUnauthorized: false });
  socket.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME') resolve(undefined);
    else reject(error);
  });
  socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate()));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

export interface ServedWatch {
  /** Rounds over all hosts and gateways so far. */
  rounds(): number;
  /** Ends it. @returns each time that a gateway showed no valid certificate for a host, in words */
  end(): Promise<readonly string[]>;
}

const PAUSE_MS = 200;

/** Asks every gateway for every host, over and over. */
export function watchServed(ports: readonly number[], hosts: readonly string[]): ServedWatch {
  const faults: string[] = [];
  const done = new AbortController();
  let rounds = 0;
  const watching = (async () => {
    while (!done.signal.aborted) {
      const began = performance.now();
      for (const host of hosts) {
        for (const port of ports) {
          const fault = await faultOf(port, host);
          if (fault !== undefined) faults.push(`${new Date().toISOString()} ${host} at port ${port}: ${fault}`);
        }
      }
      rounds += 1;
      // Rounds over thousands of hosts would leave little of the machine to what is watched.
      await sleep(Math.max(PAUSE_MS, performance.now() - began), undefined, { signal: done.signal }).catch(
        () => undefined,
      );
    }
  })();
  return {
    rounds: () => rounds,
    async end() {
      done.abort();
      await watching;
      return faults;
    },
  };
}

async function faultOf(port: number, host: string): Promise<string | undefined> {
  try {
    const certificate = await shown(port, host);
    if (certificate === undefined) return 'it has no certificate';
    if (certificate.checkHost(host) === undefined) return `it shows ${certificate.subject}`;
    return Date.parse(certificate.validTo) <= Date.now() ? `it expired at ${certificate.validTo}` : undefined;
  } catch (error) {
    return String(error);
  }
}
