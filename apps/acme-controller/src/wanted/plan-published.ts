export interface Served {
  /** Ids of what is wanted now, with the names of each. */
  readonly wanted: ReadonlyMap<string, readonly string[]>;
  /** Ids of what the gateways have. */
  readonly published: ReadonlySet<string>;
  /** Kept certificates by id: their names, and when they end. */
  readonly kept: ReadonlyMap<string, { readonly names: readonly string[]; readonly notAfter: string }>;
}

export interface PublishedPlan {
  /** Kept, good and wanted again. */
  readonly publish: readonly string[];
  readonly unpublish: readonly string[];
}

/**
 * What the gateways should get or lose beside new certificates. One that is no longer wanted stays for as long as it alone serves a name
 * that is: an Ingress that changed its hosts is served until the certificate for its new hosts is there.
 */
export function planPublished({ wanted, published, kept }: Served, now: Date): PublishedPlan {
  const isGood = (id: string) => Date.parse(kept.get(id)?.notAfter ?? '') > now.getTime();
  const publish = [...wanted.keys()].filter((id) => isGood(id) && !published.has(id));
  const unserved = new Set([...wanted].filter(([id]) => !isGood(id)).flatMap(([, names]) => names));
  const stillNeeded = (id: string) => isGood(id) && kept.get(id)?.names.some((name) => unserved.has(name)) === true;
  const unpublish = [...published].filter((id) => !wanted.has(id) && !stillNeeded(id));
  return { publish, unpublish };
}
