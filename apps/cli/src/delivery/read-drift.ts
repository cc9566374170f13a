import { resourceName, type Application } from 'argocd-ts-client';
import { z } from 'zod';
import type { Kubernetes } from '../kubernetes.ts';
import { Managed, writersOf, type Writer } from './writers.ts';

/** An object that is not as git says, and who wrote to it besides Argo CD. */
export interface Drift {
  readonly object: string;
  /** The latest first; empty where nobody did, or where the object cannot be read. */
  readonly writers: readonly Writer[];
}

type Resource = NonNullable<NonNullable<Application['status']>['resources']>[number];

const Discovery = z.object({ resources: z.array(z.object({ name: z.string(), kind: z.string() })) });

/** Objects of an application that differ from git, each asked for its writers. */
export async function readDrift(
  kubernetes: Promise<Kubernetes>,
  { status }: Application,
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const differing = (status?.resources ?? []).filter((resource) => resource.status === 'OutOfSync');
  return Promise.all(
    differing.map(async (resource) => {
      const { group = '', kind = '', namespace = '', name = '' } = resource;
      const writers = await kubernetes.then((cluster) => writersAt(cluster, resource, signal)).catch(() => []);
      return { object: resourceName({ group, kind, namespace, name }), writers };
    }),
  );
}

async function writersAt(kubernetes: Kubernetes, resource: Resource, signal: AbortSignal): Promise<readonly Writer[]> {
  const { group = '', version = '', kind = '', namespace, name = '' } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const { resources } = Discovery.parse(await kubernetes.read(root, signal));
  const plural = resources.find((each) => each.kind === kind && !each.name.includes('/'))?.name;
  if (plural === undefined) return [];
  const where = namespace === undefined || namespace === '' ? '' : `/namespaces/${namespace}`;
  return writersOf(Managed.parse(await kubernetes.read(`${root}${where}/${plural}/${name}`, signal)));
}
