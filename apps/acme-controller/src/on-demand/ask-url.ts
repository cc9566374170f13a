import type { Ask } from './on-demand-hosts.ts';

const TIMEOUT_MS = 5_000;

/** Asks an address with `?domain=<host>`: 200 means yes, any other answer no. Redirects are not followed. */
export function askUrl(url: string): Ask {
  return async (host, signal) => {
    const asked = new URL(url);
    asked.searchParams.set('domain', host);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(asked, { redirect: 'manual', signal: limit });
    await response.body?.cancel();
    // It did not decide: it is in trouble.
    if (response.status >= 500) throw new Error(`${asked.origin} answered ${response.status}`);
    return response.status === 200;
  };
}
