import type { Deployment } from './deployments.ts';

export type RollbackTarget =
  { readonly kind: 'to'; readonly deployment: Deployment } | { readonly kind: 'none'; readonly reason: string };

/**
 * Which deployment a rollback goes to: the one that is asked for by its number or the beginning of its commit, or else the newest one of
 * another commit than what was tried last.
 *
 * @param deployments - the newest first.
 * @param attempted - the commit that was tried last, whether or not it came to be a deployment.
 */
export function planRollback(
  deployments: readonly Deployment[],
  asked: string | undefined,
  attempted: string | undefined,
): RollbackTarget {
  const [latest] = deployments;
  if (latest === undefined) return { kind: 'none', reason: 'nothing has been deployed yet' };
  const current = attempted ?? latest.revision;
  const found = deployments.find(({ id, revision }) =>
    asked === undefined ? revision !== current : String(id) === asked || revision.startsWith(asked),
  );
  if (found !== undefined && found.revision === current) {
    return { kind: 'none', reason: `${current.slice(0, 10)} is what runs` };
  }
  if (found !== undefined) return { kind: 'to', deployment: found };
  const reason =
    asked === undefined
      ? 'Argo CD remembers no other commit'
      : `Argo CD remembers no deployment ${asked}; \`gatefleet history\` shows those it does`;
  return { kind: 'none', reason };
}
