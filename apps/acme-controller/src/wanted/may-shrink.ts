/** The share of what the gateways have that may go at once. */
const SHARE = 0.2;
/** In a small fleet one team's leaving is a large share: so many may go, if they are not most of all. */
const FEW = 10;
const MOST = 0.5;

/**
 * Whether so many certificates may be taken from the gateways without anybody having said so. An empty answer of the API server, a wrong
 * class or a wrong domain looks like everybody leaving. A single one may always go.
 */
export function mayShrink(published: number, going: number): boolean {
  return going <= 1 || going <= published * SHARE || (going <= FEW && going <= published * MOST);
}
