import type { HostLead } from '@gatefleet/acme';
import type { Sight } from './ask-address.ts';

/** What is known of one address of a host. */
export interface Place {
  readonly address: string;
  /** `inside`: it was not asked. */
  readonly sight: Sight | { readonly kind: 'inside' };
}

const POINT_IT = 'point its DNS record at the load balancer of the gateways';

/** All addresses must lead here: a CA takes any of them. What is gravest is told. */
export function hostLead(host: string, places: readonly Place[]): HostLead {
  if (places.length === 0) return elsewhere(`${host} has no address in DNS`, POINT_IT);
  const inside = places.find(({ sight }) => sight.kind === 'inside');
  if (inside !== undefined) {
    return elsewhere(
      `${host} leads to ${inside.address}, which is not a public address`,
      `${POINT_IT}; where these have addresses inside, list their networks in spec.certificates.preflight.networks`,
    );
  }
  for (const { address, sight } of places) {
    if (sight.kind === 'other') {
      const why = `which answers the challenge path with status ${sight.status} and is no gateway of this environment`;
      return elsewhere(`${host} leads to ${address}, ${why}`, POINT_IT);
    }
  }
  for (const { address, sight } of places) {
    if (sight.kind === 'silent') {
      const hint = `${POINT_IT}, and open port 80 there`;
      return elsewhere(`${host} leads to ${address}, which does not answer at port 80 (${sight.why})`, hint);
    }
  }
  return { kind: 'here' };
}

/** For a host whose DNS fails. @param why - a code of DNS, such as ESERVFAIL. */
export function unknownLead(host: string, why: string): HostLead {
  return elsewhere(`DNS does not tell where ${host} leads (${why})`, 'see whether the servers of its zone answer');
}

function elsewhere(reason: string, hint: string): HostLead {
  return { kind: 'elsewhere', reason, hint };
}
