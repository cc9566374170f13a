import { BlockList, isIPv6 } from 'node:net';

/**
 * What no public CA can reach, and what nobody outside may make us connect to: all that the registries of special addresses do not call
 * globally reachable, and one address that is public by its number alone.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const inside = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  inside.addSubnet(network, bits, 'ipv4');
}
// Azure's own services to its machines: https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
inside.addAddress('168.63.129.16', 'ipv4');
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  inside.addSubnet(network, bits, 'ipv6');
}

/** All of IPv6 that is handed out: https://www.iana.org/assignments/ipv6-address-space */
const handedOut = new BlockList();
handedOut.addSubnet('2000::', 3, 'ipv6');

/** @param address - IPv4 or IPv6 in text form, without a zone. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return handedOut.check(address, 'ipv6') && !inside.check(address, 'ipv6');
  return !inside.check(address, 'ipv4');
}

/** @param networks - each as `192.0.2.0/24` or `2001:db8::/32`. */
export function networkList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
