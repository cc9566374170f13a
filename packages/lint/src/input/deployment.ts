import { isMapping, listOf, mappingOf, textOf } from '../mapping.ts';
import type { BuildInput, BuiltObject } from './build-input.ts';
import type { FleetInput } from './fleet-input.ts';
import type { LintEnvironment } from './lint-environment.ts';

/** An Argo CD Application of the repository. */
export interface ArgoApplication {
  readonly object: BuiltObject;
  /** Whose build it is in. */
  readonly build: BuildInput;
  readonly name: string;
  readonly project: string;
  readonly repository: string;
  /** Of the source, from the repository's root. */
  readonly path: string;
  /** A name or an address, as written. */
  readonly cluster: string;
  readonly namespace: string;
}

/** Applications with a single source that is a path of a git repository. */
export function applicationsOf({ builds }: FleetInput): readonly ArgoApplication[] {
  return builds.flatMap((build) =>
    build.objects
      .ofKind('Application')
      .filter(({ id }) => id.apiVersion.startsWith('argoproj.io/'))
      .flatMap((object) => {
        const { source, destination, project } = mappingOf(object.object['spec']);
        const { repoURL, path } = mappingOf(source);
        if (typeof repoURL !== 'string' || typeof path !== 'string') return [];
        const { name, server, namespace } = mappingOf(destination);
        return [
          {
            object,
            build,
            name: object.id.name,
            project: typeof project === 'string' ? project : 'default',
            repository: repoURL,
            path: path.replace(/^\.?\//, '').replace(/\/+$/, ''),
            cluster: textOf(name ?? server),
            namespace: typeof namespace === 'string' ? namespace : '',
          },
        ];
      }),
  );
}

/** Argo CD's name for the cluster that it runs in. */
const ownCluster = 'https://kubernetes.default.svc';

export function clusterKey(cluster: string): string {
  return cluster === ownCluster || cluster === 'in-cluster' ? 'in-cluster' : cluster;
}

/**
 * The environments whose gateways serve what a build deploys: its own, or those of the clusters that Applications send it to.
 */
export function servingEnvironments(fleet: FleetInput): (build: BuildInput) => readonly LintEnvironment[] {
  const byCluster = Map.groupBy(fleet.environments, ({ environment }) => clusterKey(environment.spec.cluster.name));
  const clusters = new Map<string, Set<string>>();
  for (const { path, cluster } of applicationsOf(fleet)) {
    const known = clusters.get(path) ?? new Set();
    known.add(clusterKey(cluster));
    clusters.set(path, known);
  }
  return (build) => {
    if (build.environment !== undefined) return [build.environment];
    return [...(clusters.get(build.build.folder) ?? [])].flatMap((cluster) => byCluster.get(cluster) ?? []);
  };
}

/** Hosts that an Ingress asks for, and where. */
export interface HostClaim {
  readonly host: string;
  readonly namespace: string;
  readonly ingress: BuiltObject;
  readonly build: BuildInput;
  /** Of the host in its object. */
  readonly path: readonly (string | number)[];
}

/** Every host of every Ingress that is deployed. */
export function hostClaims({ builds }: Pick<FleetInput, 'builds'>): readonly HostClaim[] {
  return builds.flatMap((build) =>
    build.objects.ofKind('Ingress').flatMap((ingress) =>
      listOf(mappingOf(ingress.object['spec'])['rules']).flatMap((rule, index) =>
        isMapping(rule) && typeof rule['host'] === 'string' && rule['host'] !== ''
          ? [
              {
                host: rule['host'].toLowerCase(),
                namespace: ingress.id.namespace ?? 'default',
                ingress,
                build,
                path: ['spec', 'rules', index, 'host'],
              },
            ]
          : [],
      ),
    ),
  );
}

/** Whether a host is one of the zones, or below one. */
export function isWithin(host: string, zones: readonly string[]): boolean {
  const name = host.replace(/^\*\./, '');
  return zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
}
