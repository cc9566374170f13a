import { followedRevision, mainBranch, promotionBranch, type Environment } from '@gatefleet/environment';
import { openOrigin, type Origin } from '../delivery/origin.ts';

/** The branch of an environment that is promoted to, before Argo CD is told to follow it. */
export type EnvironmentBranch = { readonly environment: string; readonly branch: string } & (
  | { readonly kind: 'there' }
  | { readonly kind: 'missing'; readonly origin: Origin; readonly commit: string; readonly source: string }
  | { readonly kind: 'unseen'; readonly reason: string }
);

/**
 * Looks for the branches of environments in their repositories. Nothing is changed.
 *
 * @param all - environments by name, among them those that others are promoted from.
 */
export async function environmentBranches(
  root: string,
  environments: readonly Environment[],
  all: ReadonlyMap<string, Environment>,
): Promise<readonly EnvironmentBranch[]> {
  const promoted = environments.filter(({ spec }) => spec.promotion !== undefined);
  return Promise.all(
    promoted.map(async (environment): Promise<EnvironmentBranch> => {
      const { name } = environment.metadata;
      const known = { environment: name, branch: promotionBranch(name) };
      try {
        const origin = await openOrigin(root, environment.spec.sync.repository);
        if ((await origin.tipOf(known.branch)) !== undefined) return { ...known, kind: 'there' };
        const source = pushedRevision(environment, all);
        const commit = await origin.tipOf(source);
        if (commit !== undefined) return { ...known, kind: 'missing', origin, commit, source };
        return { ...known, kind: 'unseen', reason: `${origin.name} has no branch ${source} to start it from` };
      } catch (error) {
        return { ...known, kind: 'unseen', reason: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

/** What the first of a row of promotions follows: the branch that people push to. */
export function pushedRevision(environment: Environment, all: ReadonlyMap<string, Environment>): string {
  const seen = new Set<string>();
  let first = environment;
  for (;;) {
    seen.add(first.metadata.name);
    const from = first.spec.promotion?.from;
    if (from === undefined) return followedRevision(first);
    const before = all.get(from);
    if (before === undefined || seen.has(from)) return mainBranch;
    first = before;
  }
}

/** What will be done about the branches, a line each; none for those that are there. */
export const branchLines = (branches: readonly EnvironmentBranch[]): readonly string[] =>
  branches.flatMap((each) => {
    if (each.kind === 'there') return [];
    return each.kind === 'missing'
      ? [`  ${each.branch} of ${each.origin.name}, at ${each.commit.slice(0, 10)} of ${each.source}`]
      : [`  not ${each.branch}, which has to be made by hand: ${each.reason.split('\n').at(-1) ?? ''}`];
  });

/** Makes those that are missing. @throws CliError `COMMAND_FAILED` */
export async function makeBranches(branches: readonly EnvironmentBranch[]): Promise<void> {
  for (const each of branches) {
    if (each.kind === 'missing') await each.origin.push(each.commit, each.branch, undefined);
  }
}
