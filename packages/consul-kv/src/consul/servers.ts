import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { KvError } from '../errors.ts';

/** The name's addresses stay in use this long, so that a server that moved is found soon. */
const RESOLVED_FOR_MS = 15_000;

/** Where to connect to. */
export interface Server {
  /** With an address rather than a name. */
  readonly origin: string;
  /** That the certificate has to be for, where it is not the address. */
  readonly serverName: string | undefined;
}

/** The servers to talk to, one at a time. A name with several addresses, as a headless Service has, counts as several servers. */
export class Servers {
  readonly #urls: readonly URL[];
  #servers: readonly Server[] = [];
  #resolvedAt = -Infinity;
  #next = 0;

  /** @param addresses - base URLs, e.g. `https://consul.gatefleet.svc:8501`. */
  constructor(addresses: readonly string[]) {
    if (addresses.length === 0) throw new KvError('INVALID_OPERATION', 'opening a store without a server address');
    this.#urls = addresses.map(parseAddress);
  }

  /** The one to try first in front. @throws KvError `UNREACHABLE` when no name resolves. */
  async list(): Promise<readonly Server[]> {
    if (performance.now() - this.#resolvedAt > RESOLVED_FOR_MS) {
      const servers = await resolve(this.#urls);
      const current = this.#servers[this.#next]?.origin;
      // Sorted, so that the server in use is found again; a random start spreads clients over the servers.
      const kept = servers.findIndex(({ origin }) => origin === current);
      this.#next = kept >= 0 ? kept : Math.floor(Math.random() * servers.length);
      this.#servers = servers;
      this.#resolvedAt = performance.now();
    }
    return [...this.#servers.slice(this.#next), ...this.#servers.slice(0, this.#next)];
  }

  /** Tries another server from now on, and looks the names up again. */
  failed({ origin }: Server): void {
    if (this.#servers[this.#next]?.origin !== origin) return;
    this.#next = (this.#next + 1) % this.#servers.length;
    this.#resolvedAt = -Infinity;
  }
}

function parseAddress(address: string): URL {
  const url = URL.parse(address);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== ''
  ) {
    throw new KvError('INVALID_OPERATION', 'opening a store at an address that is not a plain http or https URL', {
      hint: 'write it as https://host:8501',
    });
  }
  return url;
}

async function resolve(urls: readonly URL[]): Promise<readonly Server[]> {
  const found = await Promise.allSettled(urls.map(serversOf));
  const servers = new Map(
    found
      .flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      .map((server) => [server.origin, server] as const),
  );
  if (servers.size > 0) return [...servers.values()].sort((a, b) => (a.origin < b.origin ? -1 : 1));
  const causes = found.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  throw new KvError('UNREACHABLE', `looking up ${urls.map((url) => url.hostname).join(', ')}`, { cause: causes[0] });
}

async function serversOf({ origin, protocol, hostname, port }: URL): Promise<readonly Server[]> {
  if (isIP(hostname) !== 0 || hostname.startsWith('[')) return [{ origin, serverName: undefined }];
  const addresses = await lookup(hostname, { all: true });
  const suffix = port === '' ? '' : `:${port}`;
  return addresses.map(({ address, family }) => ({
    origin: `${protocol}//${family === 6 ? `[${address}]` : address}${suffix}`,
    serverName: hostname,
  }));
}
