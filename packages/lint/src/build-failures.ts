import type { BuildResult, Repository } from '@gatefleet/kustomize';
import type { Finding } from './finding.ts';

/** Rules whose errors kustomize stops at too. */
const causes = new Set(['reference-exists', 'patch-target-matches', 'replicas-target-matches', 'yaml-valid']);

/** Builds that failed. One whose cause a rule has found already, at its own line, is not told a second time. */
export function buildFailures(
  repository: Repository,
  built: readonly BuildResult[],
  known: readonly Finding[],
): readonly Finding[] {
  const told = new Set(known.filter(({ rule }) => causes.has(rule)).map(({ position }) => position.file));
  return built.flatMap((result) => {
    if (result.kind === 'built') return [];
    const { folder, error, position } = result;
    if (repository.closureOf(folder).files.some((file) => told.has(file))) return [];
    return [
      {
        rule: 'builds',
        severity: 'error' as const,
        message: error.message,
        position,
        remedy: `Mend what kustomize says; ${error.hint ?? `see it again with: kustomize build ${folder}`}.`,
        environments: [folder],
      },
    ];
  });
}
