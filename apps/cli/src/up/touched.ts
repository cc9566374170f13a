import { parseAllDocuments } from 'yaml';

/** An object that is to be applied. */
export interface Touched {
  readonly kind: string;
  /** Left out for an object of the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
}

/** The objects in rendered manifests, in their order. */
export function objectsIn(manifests: string): readonly Touched[] {
  return parseAllDocuments(manifests)
    .map((document) => document.toJS() as { kind?: string; metadata?: { name?: string; namespace?: string } } | null)
    .flatMap((object): Touched[] => {
      const name = object?.metadata?.name;
      if (object?.kind === undefined || name === undefined) return [];
      const namespace = object.metadata?.namespace;
      return [{ kind: object.kind, name, ...(namespace !== undefined && { namespace }) }];
    });
}

/** What is touched, a line for each kind and namespace: up to three names, or how many. */
export function touchedText(objects: readonly Touched[]): string {
  const groups = Map.groupBy(objects, ({ kind, namespace }) =>
    namespace === undefined ? kind : `${kind} in ${namespace}`,
  );
  return [...groups]
    .map(([group, members]) => {
      const names = members.length > 3 ? `${members.length} objects` : members.map(({ name }) => name).join(', ');
      return `  ${group}: ${names}\n`;
    })
    .join('');
}
