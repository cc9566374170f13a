import { resourceName, type Application } from 'argocd-ts-client';

/** Where each resource of an application stands, by name. */
export type ResourceStates = ReadonlyMap<string, string>;

/** Sync, health and Argo CD's words for each resource, as one line each. */
export function resourceStates({ status }: Application): ResourceStates {
  const operated = new Map(
    (status?.operationState?.syncResult?.resources ?? []).map((resource) => [nameOf(resource), resource]),
  );
  return new Map(
    (status?.resources ?? []).map((resource) => {
      const name = nameOf(resource);
      const words = [
        resource.status ?? 'Unknown',
        resource.health?.status,
        resource.health?.message ?? (operated.get(name)?.status === 'SyncFailed' ? operated.get(name)?.message : ''),
      ];
      return [name, words.filter(Boolean).join(', ')];
    }),
  );
}

/** What is new, one line a resource, in the order in which Argo CD lists them. */
export function stateChanges(before: ResourceStates, after: ResourceStates): readonly string[] {
  const changed = [...after].filter(([name, state]) => before.get(name) !== state);
  const gone = [...before.keys()].filter((name) => !after.has(name));
  return [...changed.map(([name, state]) => `${name}  ${state}`), ...gone.map((name) => `${name}  gone`)];
}

function nameOf({ group = '', kind = '', namespace = '', name = '' }: Partial<Record<string, unknown>>): string {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return resourceName({ group: text(group), kind: text(kind), namespace: text(namespace), name: text(name) });
}
