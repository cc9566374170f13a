import type { Fetch } from '../transport.ts';

/** Requests that were sent, by what they ask for. */
export interface RequestCount {
  readonly streams: number;
  /** Of all applications. */
  readonly lists: number;
  readonly others: number;
}

/** The fetch, and what has been sent by it, to Argo CD's API server or to Kubernetes'. */
export function countingFetch(fetch: Fetch): { readonly fetch: Fetch; readonly count: () => RequestCount } {
  const count = { streams: 0, lists: 0, others: 0 };
  return {
    count: () => ({ ...count }),
    fetch: (request) => {
      count[kindOf(request)] += 1;
      return fetch(request);
    },
  };
}

function kindOf({ method, url }: Request): keyof RequestCount {
  const { pathname, searchParams } = new URL(url);
  if (pathname.includes('/stream/') || searchParams.get('watch') === 'true') return 'streams';
  return method === 'GET' && pathname.endsWith('/applications') ? 'lists' : 'others';
}
