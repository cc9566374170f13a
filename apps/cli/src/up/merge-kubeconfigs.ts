import { readFile, writeFile } from 'node:fs/promises';

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string }[];
  readonly users: readonly { readonly name: string }[];
  readonly contexts: readonly { readonly name: string }[];
}

/** Adds the contexts of other kubeconfigs to one, whose current context stays. All of them are local clusters' own, JSON. */
export async function mergeKubeconfigs(file: string, others: readonly string[]): Promise<void> {
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Kubeconfig;
  const [own, ...further] = await Promise.all([file, ...others].map(read));
  if (own === undefined) return;
  const merged = further.reduce<Kubeconfig>(
    (all, next) => ({
      ...all,
      clusters: byName(all.clusters, next.clusters),
      users: byName(all.users, next.users),
      contexts: byName(all.contexts, next.contexts),
    }),
    own,
  );
  await writeFile(file, `${JSON.stringify(merged, undefined, 2)}\n`, { mode: 0o600 });
}

const byName = <T extends { readonly name: string }>(old: readonly T[], added: readonly T[]): readonly T[] => [
  ...old.filter(({ name }) => !added.some((one) => one.name === name)),
  ...added,
];
