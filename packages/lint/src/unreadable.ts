import type { Problem } from '@gatefleet/environment';
import type { Repository } from '@gatefleet/kustomize';
import type { Finding } from './finding.ts';

/** Files that kustomizations name and that are not YAML. */
export function unreadableFiles(repository: Repository, files: ReadonlySet<string>): readonly Finding[] {
  return [...files].flatMap((path) => {
    const error = repository.file(path)?.error;
    if (error === undefined) return [];
    return [
      {
        rule: 'yaml-valid',
        severity: 'error' as const,
        message: `this is not YAML: ${error.message}`,
        position: error.position,
        remedy: 'Correct the YAML here; indentation is by spaces.',
        environments: [],
      },
    ];
  });
}

/** Mistakes in environment.yaml, as its own parser tells them. */
export function invalidEnvironments(problems: readonly Problem[]): readonly Finding[] {
  return problems.map(({ file, line, column, message, found, remedy }) => ({
    rule: 'environment-valid',
    severity: 'error' as const,
    message: found === undefined ? message : `${message}; it is ${found}`,
    position: { file, line, column },
    remedy,
    environments: [],
  }));
}
