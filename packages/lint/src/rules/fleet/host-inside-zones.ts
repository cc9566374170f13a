import { formatObjectId } from '@gatefleet/kustomize';
import { hostClaims, isWithin, servingEnvironments } from '../../input/deployment.ts';
import type { LintEnvironment } from '../../input/lint-environment.ts';
import type { FleetRule } from '../../rule.ts';

export const hostInsideZones: FleetRule = {
  id: 'host-inside-zones',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary:
    'An Ingress with a host outside of its environment’s domains, or of a domain that its namespace may not claim.',
  why: 'The API server refuses it; one that was there before gets no certificate, and browsers refuse its host.',
  remedy: 'Use a host inside, or let the environment have the domain, or the namespace claim it.',
  *check(fleet) {
    const serving = servingEnvironments(fleet);
    for (const { host, namespace, ingress, build, path } of hostClaims(fleet)) {
      for (const environment of serving(build)) {
        const { domains } = environment.environment.spec;
        const base = { position: ingress.positionOf(path), object: ingress.id, environments: [environment.name] };
        if (!isWithin(host, domains)) {
          yield {
            ...base,
            message: `${formatObjectId(ingress.id)} has the host ${host}, outside of the domains of ${environment.name}`,
            remedy: `Use a host below ${domains.join(' or ')}, or add a domain in ${environment.file}.`,
          };
          continue;
        }
        const owners = claimants(host, environment);
        if (owners === undefined || owners.includes(namespace)) continue;
        yield {
          ...base,
          message: `${formatObjectId(ingress.id)} claims ${host}, which only ${owners.join(', ')} may in ${environment.name}`,
          remedy: `Use another host, or add ${namespace} to spec.tenancy in ${environment.file}.`,
        };
      }
    }
  },
};

/** Namespaces that may claim the host; undefined where any may. */
function claimants(host: string, { environment }: LintEnvironment): readonly string[] | undefined {
  const entries = environment.spec.tenancy.flatMap(({ domains, namespaces }) =>
    domains.map((domain) => ({ domain, namespaces })),
  );
  return entries
    .filter(({ domain }) => isWithin(host, [domain]))
    .toSorted((a, b) => b.domain.length - a.domain.length)
    .at(0)?.namespaces;
}
