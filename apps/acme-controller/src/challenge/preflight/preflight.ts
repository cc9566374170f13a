import type { Preflight } from '@gatefleet/acme';
import type { FindAddresses } from './addresses-of.ts';
import { askAddress } from './ask-address.ts';
import { hostLead, unknownLead, type Place } from './host-lead.ts';
import type { ProbeTokens } from './probe-tokens.ts';
import { isPublicAddress, networkList } from './public-address.ts';

export interface PreflightOptions {
  readonly tokens: Pick<ProbeTokens, 'make'>;
  readonly findAddresses: FindAddresses;
  /** Networks whose addresses gateways may have although they are not public. */
  readonly networks: readonly string[];
  /** Where CAs ask (RFC 8555, section 8.3). Default 80; tests have no right to that one. */
  readonly port?: number;
}

/** Whoever has a host's DNS chooses how many connections are made. */
const MOST_ADDRESSES = 8;

/**
 * Looks where a host leads to by asking there for a token that only our own replicas answer. Teams choose the hosts and may have their DNS,
 * so it connects to nothing inside: each address is judged by its number, and the very address that was judged is asked.
 */
export function httpPreflight({ tokens, findAddresses, networks, port = 80 }: PreflightOptions): Preflight {
  const isOurs = networkList(networks);
  return {
    async look(host, signal) {
      const found = await findAddresses(host, signal);
      if (found.kind === 'unknown') return unknownLead(host, found.why);
      const addresses = found.addresses.slice(0, MOST_ADDRESSES);
      const places = addresses.map((address): { address: string; isInside: boolean } => {
        return { address, isInside: !isPublicAddress(address) && !isOurs(address) };
      });
      // One address inside decides: then nothing is asked at all.
      const inside = places.filter(({ isInside }) => isInside);
      if (inside.length > 0)
        return hostLead(
          host,
          inside.map(({ address }) => ({ address, sight: { kind: 'inside' } })),
        );
      const probe = tokens.make();
      const asked = addresses.map(async (address): Promise<Place> => {
        return { address, sight: await askAddress(address, probe, { host, port }, signal) };
      });
      return hostLead(host, await Promise.all(asked));
    },
  };
}
