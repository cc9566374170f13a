/** How many hosts namespaces may have certificates for. */
export interface Quotas {
  /** Of a namespace that is not named; undefined for any number. */
  readonly hosts?: number | undefined;
  readonly namespaces: Readonly<Record<string, number>>;
}

export function quotaOf(namespace: string, { hosts, namespaces }: Quotas): number {
  return (Object.hasOwn(namespaces, namespace) ? namespaces[namespace] : hosts) ?? Infinity;
}
