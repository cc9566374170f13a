import { parseEnvironment, type Environment, type Problem } from '@gatefleet/environment';
import type { Path, Position, Repository } from '@gatefleet/kustomize';
import { posix } from 'node:path';

/** A valid environment.yaml. */
export interface LintEnvironment {
  readonly name: string;
  /** environment.yaml, from the repository's root. */
  readonly file: string;
  /** Its folder, from the repository's root. */
  readonly folder: string;
  readonly environment: Environment;
  /** Whether what it runs comes to production: its stage is, or it is promoted from on the way there. */
  readonly reachesProduction: boolean;
  /** Where a field is written; the nearest parent where it is not. */
  positionOf(path: Path, options?: { readonly atKey?: boolean }): Position;
}

export interface ReadEnvironments {
  readonly valid: readonly LintEnvironment[];
  /** Mistakes of those that are not. */
  readonly problems: readonly Problem[];
}

/** Every environment.yaml of the repository that is of our kind. */
export function readEnvironments(repository: Repository): ReadEnvironments {
  const valid: Omit<LintEnvironment, 'reachesProduction'>[] = [];
  const problems: Problem[] = [];
  for (const file of repository.files()) {
    if (posix.basename(file.path) !== 'environment.yaml' || !/^apiVersion:\s*['"]?gatefleet\.dev\//m.test(file.text))
      continue;
    const parsed = parseEnvironment(file.text, file.path);
    if (parsed.kind === 'invalid') {
      problems.push(...parsed.errors);
      continue;
    }
    const { environment } = parsed;
    valid.push({
      name: environment.metadata.name,
      file: file.path,
      folder: posix.dirname(file.path),
      environment,
      positionOf: (path, options) =>
        file.documents[0]?.positionOf(path, options) ?? { file: file.path, line: 1, column: 1 },
    });
  }
  const before = environmentsBeforeProduction(valid.map(({ environment }) => environment));
  return { valid: valid.map((each) => ({ ...each, reachesProduction: before.has(each.name) })), problems };
}

/** Names of production environments, and of all that they are promoted from. */
export function environmentsBeforeProduction(environments: readonly Environment[]): ReadonlySet<string> {
  const byName = new Map(environments.map((environment) => [environment.metadata.name, environment]));
  const found = new Set<string>();
  for (const { metadata, spec } of environments) {
    let name: string | undefined = spec.stage === 'production' ? metadata.name : undefined;
    while (name !== undefined && !found.has(name)) {
      found.add(name);
      name = byName.get(name)?.spec.promotion?.from;
    }
  }
  return found;
}
