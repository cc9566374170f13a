export interface Served {
  /** Ids of what is wanted now, with the names of each. */
  readonly wanted: ReadonlyMap<string, readonly string[]>;
  /** Ids of what the gateways have. */
  readonly published: ReadonlySet<string>;
  /** Those of them that the gateways have another certificate of than the one that is kept. */
  readonly outdated: ReadonlySet<string>;
  /** Kept certificates by id: their names, when they end, and whether they are revoked or to be. */
  readonly kept: ReadonlyMap<
    string,
    { readonly names: readonly string[]; readonly notAfter: string; readonly revokeFor?: string | undefined }
  >;
}

export interface PublishedPlan {
  /** Kept, good and wanted, and not what the gateways have. */
  readonly publish: readonly string[];
  readonly unpublish: readonly string[];
}

/**
 * What the gateways should get or lose beside new certificates. One that is no longer wanted stays for as long as it alone serves a name
 * that is: an Ingress that changed its hosts is served until the certificate for its new hosts is there.
 */
export function planPublished({ wanted, published, outdated, kept }: Served, now: Date): PublishedPlan {
  const isGood = (id: string) => Date.parse(kept.get(id)?.notAfter ?? '') > now.getTime();
  const isMissing = (id: string) => !published.has(id) || outdated.has(id);
  const publish = [...wanted.keys()].filter(
    (id) => isGood(id) && isMissing(id) && kept.get(id)?.revokeFor === undefined,
  );
  const unserved = new Set([...wanted].filter(([id]) => !isGood(id)).flatMap(([, names]) => names));
  const stillNeeded = (id: string) => isGood(id) && kept.get(id)?.names.some((name) => unserved.has(name)) === true;
  const unpublish = [...published].filter((id) => !wanted.has(id) && !stillNeeded(id));
  return { publish, unpublish };
}
