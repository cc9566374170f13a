import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { KvError } from '../errors.ts';

/** The name's addresses stay in use this long, so that a server that moved is found soon. */
const RESOLVED_FOR_MS = 15_000;

/**
 * The servers to talk to, one at a time. A plain-HTTP name with several addresses, as a headless Service has, counts as several servers;
 * an HTTPS name is kept whole, since its certificate is checked against it.
 */
export class Servers {
  readonly #urls: readonly URL[];
  #origins: string[] = [];
  #resolvedAt = -Infinity;
  #next = 0;

  /** @param addresses - base URLs, e.g. `http://consul.gatefleet.svc:8500`. */
  constructor(addresses: readonly string[]) {
    if (addresses.length === 0) throw new KvError('INVALID_OPERATION', 'opening a store without a server address');
    this.#urls = addresses.map(parseAddress);
  }

  /** Base URLs, the one to try first in front. @throws KvError `UNREACHABLE` when no name resolves. */
  async list(): Promise<readonly string[]> {
    if (performance.now() - this.#resolvedAt > RESOLVED_FOR_MS) {
      const origins = await resolve(this.#urls);
      const current = this.#origins[this.#next];
      // Sorted, so that the server in use is found again; a random start spreads clients over the servers.
      const kept = current === undefined ? -1 : origins.indexOf(current);
      this.#next = kept >= 0 ? kept : Math.floor(Math.random() * origins.length);
      this.#origins = origins;
      this.#resolvedAt = performance.now();
    }
    return [...this.#origins.slice(this.#next), ...this.#origins.slice(0, this.#next)];
  }

  /** Tries another server from now on, and looks the names up again. */
  failed(origin: string): void {
    if (this.#origins[this.#next] !== origin) return;
    this.#next = (this.#next + 1) % this.#origins.length;
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
      hint: 'write it as http://host:8500',
    });
  }
  return url;
}

async function resolve(urls: readonly URL[]): Promise<string[]> {
  const found = await Promise.allSettled(urls.map(originsOf));
  const origins = new Set(found.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])));
  if (origins.size > 0) return [...origins].sort();
  const causes = found.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
  throw new KvError('UNREACHABLE', `looking up ${urls.map((url) => url.hostname).join(', ')}`, { cause: causes[0] });
}

async function originsOf(url: URL): Promise<string[]> {
  if (url.protocol === 'https:' || isIP(url.hostname) !== 0 || url.hostname.startsWith('[')) return [url.origin];
  const port = url.port === '' ? '80' : url.port;
  const addresses = await lookup(url.hostname, { all: true });
  return addresses.map(({ address, family }) => `http://${family === 6 ? `[${address}]` : address}:${port}`);
}
