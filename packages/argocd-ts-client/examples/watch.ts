import type { ArgoCd } from 'argocd-ts-client';

/** Tells each change of health of a project's applications until the signal. */
export async function tellHealth(
  { applications }: Pick<ArgoCd, 'applications'>,
  project: string,
  tell: (line: string) => void,
  signal: AbortSignal,
) {
  const known = new Map<string, string>();
  for await (const { type, application } of applications.watch({ projects: [project], signal })) {
    const name = application.metadata?.name ?? '';
    const health = type === 'deleted' ? 'deleted' : (application.status?.health?.status ?? 'Unknown');
    if (known.get(name) !== health) tell(`${name}: ${health}`);
    known.set(name, health);
  }
}
