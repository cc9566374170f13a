import { z } from 'zod';

/** Who wrote to an object besides Argo CD, and what. */
export interface Writer {
  /** As Kubernetes names it: `kubectl-edit`, `kubectl-patch`, a controller. */
  readonly manager: string;
  /** ISO 8601; undefined where Kubernetes does not tell, as of who scaled. */
  readonly at: string | undefined;
  /** Dotted paths of the fields that it owns. */
  readonly fields: readonly string[];
}

/** As much of an object as tells who wrote it. @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export const Managed = z.object({
  metadata: z.object({
    managedFields: z
      .array(
        z.object({
          manager: z.string().default(''),
          time: z.string().optional(),
          subresource: z.string().default(''),
          fieldsV1: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .default([]),
  }),
});
export type Managed = z.infer<typeof Managed>;

const argoCd = new Set(['argocd-controller', 'argocd-application-controller']);

/** Kubernetes' own controllers, the autoscaler among them: what they scale is theirs to scale. */
const controllers = 'kube-controller-manager';

/** Writers other than Argo CD, the latest first. What controllers tell of an object's status is no change of it. */
export function writersOf({ metadata }: Managed): readonly Writer[] {
  return metadata.managedFields
    .filter(({ manager, subresource }) => {
      if (subresource === 'scale') return manager !== controllers;
      return subresource === '' && !argoCd.has(manager);
    })
    .map(({ manager, time, fieldsV1 }) => ({ manager, at: time, fields: paths(fieldsV1) }))
    .toSorted((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
}

/** Leaves of the set of fields, `f:` and the keys of list items made readable. */
function paths(fields: Readonly<Record<string, unknown>>, above = ''): readonly string[] {
  const names = Object.keys(fields).filter((key) => key !== '.');
  if (names.length === 0) return above === '' ? [] : [above];
  return names.flatMap((key) => {
    const name = key.startsWith('f:') ? key.slice(2) : `[${key.slice(2).replaceAll(/[{}"]/g, '')}]`;
    const path = above === '' || name.startsWith('[') ? above + name : `${above}.${name}`;
    return paths((fields[key] ?? {}) as Readonly<Record<string, unknown>>, path);
  });
}
