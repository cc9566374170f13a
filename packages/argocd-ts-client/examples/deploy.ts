import { resourceName, type ArgoCd } from 'argocd-ts-client';

/** Brings an application to a commit and says how that went. */
export async function deploy({ applications }: Pick<ArgoCd, 'applications'>, name: string, commit: string) {
  await applications.sync(name, { revision: commit, prune: true });
  const result = await applications.wait(name, {
    revision: commit,
    patienceMs: 20_000,
    signal: AbortSignal.timeout(300_000),
  });
  if (result.kind === 'arrived') return `${name} runs ${commit}`;
  const { reason, message, resource } = result;
  return `${name}: ${reason}${resource === undefined ? '' : `: ${resourceName(resource)}`}: ${message}`;
}
