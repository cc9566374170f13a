/** A rendered object as plain data. */
export type DiffObject = Readonly<Record<string, unknown>>;

/** Who an object is, whatever version of its group it is written in. */
export interface DiffObjectId {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export function idOf(object: DiffObject): DiffObjectId {
  const { name, namespace } = (object['metadata'] ?? {}) as { name?: unknown; namespace?: unknown };
  const [group, version] = textOf(object['apiVersion']).split('/');
  return {
    group: version === undefined ? '' : (group ?? ''),
    kind: textOf(object['kind']),
    namespace: typeof namespace === 'string' ? namespace : undefined,
    name: textOf(name),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `Deployment gatefleet/traefik`: how an object is written for people. */
export function formatId({ kind, namespace, name }: DiffObjectId): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

export function keyOf({ group, kind, namespace, name }: DiffObjectId): string {
  return JSON.stringify([group, kind, namespace ?? '', name]);
}

/**
 * The name without the hash of its content that kustomize's generators append: ten characters of an alphabet that spells no words.
 *
 * @see https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go
 */
export function withoutHash(name: string): string {
  return name.replace(/-[2456789bcdfghkmt]{10}$/, '');
}
