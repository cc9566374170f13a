import { Resolver } from 'node:dns/promises';

export type Addresses =
  | { readonly kind: 'known'; readonly addresses: readonly string[] }
  /** `why` is a code of DNS, such as ESERVFAIL. */
  | { readonly kind: 'unknown'; readonly why: string };

export type FindAddresses = (host: string, signal: AbortSignal) => Promise<Addresses>;

const NONE = new Set(['ENODATA', 'ENOTFOUND']);
/** What a resolver for networks without IPv4 makes of A records (RFC 6052), which are there by themselves too. */
const TRANSLATED = /^64:ff9b::/;

/**
 * Asks the system's resolvers, with neither its search list nor its hosts file: a CA knows none of them.
 * @param servers - host and port. Default: those of the system.
 */
export function addressFinder(servers?: readonly string[]): FindAddresses {
  return async (host, signal) => {
    const resolver = new Resolver({ timeout: 1_500, tries: 2 });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.all([resolver.resolve4(host), resolver.resolve6(host)].map(settled));
      signal.throwIfAborted();
      const addresses = answers.flatMap((answer) => (typeof answer === 'string' ? [] : answer));
      const fault = answers.find((answer) => typeof answer === 'string' && !NONE.has(answer));
      if (addresses.length === 0 && typeof fault === 'string') return { kind: 'unknown', why: fault };
      return { kind: 'known', addresses: addresses.filter((address) => !TRANSLATED.test(address)) };
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** What it throws becomes its code. */
function settled(answer: Promise<string[]>): Promise<string[] | string> {
  return answer.catch((error: unknown) =>
    error instanceof Error && 'code' in error ? String(error.code) : 'EBADRESP',
  );
}
