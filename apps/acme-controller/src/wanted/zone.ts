/** Whether a host is one of the zones or below one. Both are in their one spelling: lower case, no final dot. */
export function isWithin(host: string, zones: readonly string[]): boolean {
  return zones.some((zone) => host === zone || host.endsWith(`.${zone}`));
}
