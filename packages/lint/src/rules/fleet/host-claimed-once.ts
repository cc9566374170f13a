import { formatObjectId } from '@gatefleet/kustomize';
import { hostClaims, servingEnvironments, type HostClaim } from '../../input/deployment.ts';
import type { FleetRule } from '../../rule.ts';

export const hostClaimedOnce: FleetRule = {
  id: 'host-claimed-once',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'A host that Ingresses of two namespaces, or of two environments, claim.',
  why: 'A host has one address: one of the two is never reached. In one environment the namespace that asked first has it.',
  remedy: 'Keep the host in one of them.',
  *check(fleet) {
    const serving = servingEnvironments(fleet);
    /** Where the host would be served: an environment, or what stands for one. */
    const placesOf = ({ build }: HostClaim) => {
      const environments = serving(build).map(({ name }) => name);
      return environments.length > 0 ? environments : [build.name];
    };
    for (const [host, claims] of Map.groupBy(hostClaims(fleet), (claim) => claim.host)) {
      const [first, ...others] = claims;
      if (first === undefined) continue;
      const firstPlaces = placesOf(first);
      for (const claim of others) {
        const places = placesOf(claim);
        const isElsewhere = !places.some((place) => firstPlaces.includes(place));
        if (!isElsewhere && claim.namespace === first.namespace) continue;
        const where = isElsewhere ? `in ${firstPlaces.join(', ')}` : `in the namespace ${first.namespace}`;
        yield {
          message: `${formatObjectId(claim.ingress.id)} claims ${host}, which ${formatObjectId(first.ingress.id)} has ${where}`,
          position: claim.ingress.positionOf(claim.path),
          remedy: 'Keep the host in one of them.',
          object: claim.ingress.id,
          environments: places,
        };
      }
    }
  },
};
