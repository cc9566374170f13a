import {
  letsEncryptDirectory,
  letsEncryptLimits,
  letsEncryptStagingDirectory,
  registeredDomain,
  timeToTake,
} from '@gatefleet/ca-limits';
import type { Environment } from '@gatefleet/environment';
import { hostClaims, isWithin, servingEnvironments } from '../input/deployment.ts';
import type { FleetInput } from '../input/fleet-input.ts';
import type { LintEnvironment } from '../input/lint-environment.ts';

/** A certificate that an environment's controller would have: one for each Ingress, with all its hosts inside the environment. */
export interface PlannedCertificate {
  readonly environment: string;
  readonly namespace: string;
  readonly ingress: string;
  readonly hosts: readonly string[];
  /** Directory of the CA that is asked first. */
  readonly directory: string;
}

/** How much of a limit the planned certificates need. */
export interface PlannedUse {
  readonly limit: 'certificatesPerDomain' | 'newOrders';
  /** The registered domain, or the environment whose account orders. */
  readonly of: string;
  readonly used: number;
  readonly capacity: number;
  /** Least time until all are issued, in milliseconds. */
  readonly leastMs: number;
  readonly environments: readonly string[];
}

type Issuer = Environment['spec']['certificates']['issuers'][number];

const directories: Readonly<Record<string, string>> = {
  letsencrypt: letsEncryptDirectory,
  'letsencrypt-staging': letsEncryptStagingDirectory,
};

export function directoryOf(issuer: Issuer | undefined): string {
  if (issuer === undefined) return letsEncryptDirectory;
  return typeof issuer === 'string' ? (directories[issuer] ?? issuer) : issuer.directory;
}

/** Certificates for every Ingress of the repository, environment by environment. Ingresses elsewhere are unknown here. */
export function plannedCertificates(fleet: FleetInput): readonly PlannedCertificate[] {
  const serving = servingEnvironments(fleet);
  const planned = new Map<
    string,
    { environment: LintEnvironment; namespace: string; ingress: string; hosts: Set<string> }
  >();
  for (const { host, namespace, ingress, build } of hostClaims(fleet)) {
    for (const environment of serving(build)) {
      if (!isWithin(host, environment.environment.spec.domains)) continue;
      const key = JSON.stringify([environment.name, namespace, ingress.id.name]);
      const known = planned.get(key) ?? { environment, namespace, ingress: ingress.id.name, hosts: new Set<string>() };
      known.hosts.add(host);
      planned.set(key, known);
    }
  }
  return [...planned.values()].map(({ environment, hosts, ...rest }) => ({
    ...rest,
    environment: environment.name,
    hosts: [...hosts].toSorted(),
    directory: directoryOf(environment.environment.spec.certificates.issuers[0]),
  }));
}

/** What all planned certificates of Let's Encrypt need of its limits, if none were there yet; what needs most comes first. */
export function plannedUse(certificates: readonly PlannedCertificate[]): readonly PlannedUse[] {
  const counted = certificates.filter(({ directory }) => directory === letsEncryptDirectory);
  const byDomain = new Map<string, PlannedCertificate[]>();
  for (const certificate of counted) {
    for (const domain of new Set(certificate.hosts.map(registeredDomain))) {
      byDomain.set(domain, [...(byDomain.get(domain) ?? []), certificate]);
    }
  }
  const use = (limit: PlannedUse['limit'], groups: ReadonlyMap<string, readonly PlannedCertificate[]>) =>
    [...groups].map(([of, members]): PlannedUse => ({
      limit,
      of,
      used: members.length,
      capacity: letsEncryptLimits[limit].capacity,
      leastMs: timeToTake(letsEncryptLimits[limit], members.length),
      environments: [...new Set(members.map(({ environment }) => environment))].toSorted(),
    }));
  return [
    ...use('certificatesPerDomain', byDomain),
    ...use(
      'newOrders',
      Map.groupBy(counted, ({ environment }) => environment),
    ),
  ].toSorted((a, b) => b.used / b.capacity - a.used / a.capacity);
}
