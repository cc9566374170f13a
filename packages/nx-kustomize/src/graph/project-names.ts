import { posix } from 'node:path';

/** A folder that becomes a project. */
export interface NamedFolder {
  /** From the workspace's root; `.` is the root itself. */
  readonly folder: string;
  /** Whether an environment.yaml is in it: such a folder goes by its own name alone before any other. */
  readonly isEnvironment: boolean;
}

/**
 * Names for projects: the folder's own, and as many steps of its path before it as tell it from all others.
 * `overlays/dev` is `dev`; of `apps/orders/envs/prod` and `apps/mail/envs/prod` the first is `orders-envs-prod`.
 * Where not even the whole path does, `kustomize/` stands before it.
 *
 * @param taken - names of projects that other plugins make.
 */
export function projectNames(
  folders: readonly NamedFolder[],
  taken: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const contenders = Map.groupBy(
    folders.flatMap((each) => namesOf(each.folder).map((name) => ({ ...each, name }))),
    ({ name }) => name,
  );
  const isOwn = (name: string, folder: string): boolean => {
    if (taken.has(name)) return false;
    const rivals = contenders.get(name) ?? [];
    if (rivals.length === 1) return true;
    const environments = rivals.filter(({ isEnvironment }) => isEnvironment);
    return environments.length === 1 && environments[0]?.folder === folder;
  };
  return new Map(
    folders.map(({ folder }) => {
      return [folder, namesOf(folder).find((name) => isOwn(name, folder)) ?? `kustomize/${folder}`];
    }),
  );
}

/** `apps-mail-envs-prod`, shortest first. */
function namesOf(folder: string): readonly string[] {
  if (folder === '.') return ['root'];
  const steps = posix.normalize(folder).split('/');
  return steps.map((_, index) => steps.slice(-index - 1).join('-'));
}
