import type { FleetRule } from '../../rule.ts';

export const zoneInOneEnvironment: FleetRule = {
  id: 'zone-in-one-environment',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary: 'A domain that two environments have.',
  why: 'Both would order certificates for the same hosts, and count against the same limits; DNS leads to one of them.',
  remedy: 'Give each environment domains of its own.',
  *check({ environments }) {
    const first = new Map<string, string>();
    for (const environment of environments) {
      for (const [index, domain] of environment.environment.spec.domains.entries()) {
        const other = first.get(domain);
        if (other === undefined) {
          first.set(domain, environment.name);
          continue;
        }
        yield {
          message: `${environment.name} has the domain ${domain}, and so has ${other}`,
          position: environment.positionOf(['spec', 'domains', index]),
          remedy: `Remove it from one of them, or use a name below it such as ${environment.name}.${domain}.`,
          environments: [environment.name, other],
        };
      }
    }
  },
};
