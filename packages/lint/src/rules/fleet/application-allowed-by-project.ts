import { groupOf, isClusterScoped } from '@gatefleet/kustomize';
import { applicationsOf, clusterKey, type ArgoApplication } from '../../input/deployment.ts';
import type { BuiltObject } from '../../input/build-input.ts';
import { listOf, mappingOf, type Mapping, textOf } from '../../mapping.ts';
import type { FleetRule } from '../../rule.ts';

/** Argo CD's project for applications that name none; it may be anything. */
const openProject = 'default';

export const applicationAllowedByProject: FleetRule = {
  id: 'application-allowed-by-project',
  group: 'fleet',
  scope: 'fleet',
  severity: 'error',
  summary:
    'An Argo CD Application that its AppProject refuses: its repository, its destination, or a kind that it deploys.',
  why: 'Argo CD refuses the sync, the whole of it.',
  remedy: 'Allow it in the AppProject, or take it out.',
  *check(fleet) {
    const projects = fleet.builds.flatMap(({ objects }) => objects.ofKind('AppProject'));
    const builds = new Map(fleet.builds.map((build) => [build.build.folder, build]));
    for (const application of applicationsOf(fleet)) {
      if (application.project === openProject) continue;
      const { object, build } = application;
      const project = projects.find(
        ({ id }) => id.name === application.project && id.namespace === object.id.namespace,
      );
      const own = { object: object.id, environments: [build.name] };
      if (project === undefined) {
        yield {
          ...own,
          message: `the Application ${application.name} is of the AppProject ${application.project}, which is not there`,
          position: object.positionOf(['spec', 'project']),
          remedy: `Add it, or name one that is there: ${projects.map(({ id }) => id.name).join(', ') || 'there is none'}.`,
        };
        continue;
      }
      const spec = mappingOf(project.object['spec']);
      if (!matchesAny(application.repository, listOf(spec['sourceRepos']))) {
        yield {
          ...own,
          message: `the AppProject ${application.project} does not let ${application.name} read ${application.repository}`,
          position: object.positionOf(['spec', 'source', 'repoURL']),
          remedy: 'Add the repository to sourceRepos of the AppProject, or correct it.',
        };
      }
      if (!isDestinationAllowed(application, spec)) {
        yield {
          ...own,
          message: `the AppProject ${application.project} does not let ${application.name} deploy to ${application.cluster}/${application.namespace}`,
          position: object.positionOf(['spec', 'destination'], { atKey: true }),
          remedy: 'Add the destination to the AppProject, or correct it.',
        };
      }
      const deployed = builds.get(application.path)?.objects.all ?? [];
      for (const each of deployed) {
        const refusal = refusedKind(each, spec) ?? refusedNamespace(each, application, spec);
        if (refusal === undefined) continue;
        yield {
          ...own,
          message: `the AppProject ${application.project} does not let ${application.name} deploy ${refusal}`,
          position: each.positionOf(['kind']),
          remedy: `Allow it in the AppProject ${application.project}, or take the object out.`,
          object: each.id,
        };
      }
    }
  },
};

/** @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/ (`*` for any; a leading `!` refuses) */
function matchesAny(text: string, patterns: readonly unknown[]): boolean {
  const all = patterns.filter((pattern) => typeof pattern === 'string');
  const refused = all.some((pattern) => pattern.startsWith('!') && matches(text, pattern.slice(1)));
  return !refused && all.some((pattern) => !pattern.startsWith('!') && matches(text, pattern));
}

function matches(text: string, pattern: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}

function isDestinationAllowed({ cluster, namespace }: ArgoApplication, spec: Mapping): boolean {
  return listOf(spec['destinations'])
    .map(mappingOf)
    .some(
      (each) =>
        matches(namespace, textOf(each['namespace'])) &&
        [each['name'], each['server']].some(
          (place) => typeof place === 'string' && matches(clusterKey(cluster), clusterKey(place)),
        ),
    );
}

function refusedKind({ id }: BuiltObject, spec: Mapping): string | undefined {
  const group = groupOf(id.apiVersion);
  const isListed = (list: unknown) =>
    listOf(list)
      .map(mappingOf)
      .some((each) => matches(group, textOf(each['group'])) && matches(id.kind, textOf(each['kind'])));
  const scope = isClusterScoped(id.kind) ? 'cluster' : 'namespace';
  const whitelist = spec[`${scope}ResourceWhitelist`];
  // Without a list, everything of a namespace is allowed, and nothing of the cluster.
  const isAllowed = whitelist === undefined ? scope === 'namespace' : isListed(whitelist);
  if (isAllowed && !isListed(spec[`${scope}ResourceBlacklist`])) return undefined;
  return `the kind ${id.kind}${group === '' ? '' : ` of ${group}`}`;
}

function refusedNamespace({ id }: BuiltObject, application: ArgoApplication, spec: Mapping): string | undefined {
  if (isClusterScoped(id.kind) || id.namespace === undefined || id.namespace === application.namespace)
    return undefined;
  return isDestinationAllowed({ ...application, namespace: id.namespace }, spec)
    ? undefined
    : `to the namespace ${id.namespace}`;
}
