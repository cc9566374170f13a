import type { EntryHits, Kustomization, Repository, Trace } from '@gatefleet/kustomize';

/** One kustomization, and the builds of everything deployed that reaches it. */
export interface KustomizationInput {
  readonly repository: Repository;
  readonly kustomization: Kustomization;
  readonly traces: readonly Trace[];
}

/** What each entry of a kustomization did, build by build. An entry that a build cannot be followed around is left out there. */
export function entriesOf({ kustomization, traces }: KustomizationInput): readonly (readonly EntryHits[])[] {
  const followed = traces.filter(({ untraced }) => untraced.length === 0);
  const entries = followed.flatMap((trace) => trace.entries.filter((entry) => entry.kustomization === kustomization));
  return [...Map.groupBy(entries, ({ at, subject }) => JSON.stringify([at, subject])).values()];
}
