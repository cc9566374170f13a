/** The share of what the gateways have that may go at once. */
const SHARE = 0.2;
/** So many may go in any case: in a small fleet one team's leaving is a large share. */
const FEW = 10;

/**
 * Whether so many certificates may be taken from the gateways without anybody having said so. An empty answer of the API server, a wrong
 * class or a wrong domain looks like everybody leaving.
 */
export function mayShrink(published: number, going: number): boolean {
  return going <= FEW || going <= published * SHARE;
}
