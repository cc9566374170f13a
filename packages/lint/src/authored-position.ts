import type { Position, Repository } from '@gatefleet/kustomize';
import type { LintEnvironment } from './input/lint-environment.ts';

/**
 * Where a person can change what stands at a place: in a file that is generated, the field that it is generated from. The first field
 * that is written decides; where all are defaults, the first one's nearest parent.
 */
export function authoredPosition(
  position: Position,
  repository: Repository,
  environments: ReadonlyMap<string, LintEnvironment>,
): Position {
  const source = repository.file(position.file)?.generatedFrom;
  if (source === undefined) return position;
  const environment = environments.get(source.file);
  if (environment === undefined) return { file: source.file, line: 1, column: 1 };
  const paths = source.fields.map((field) => field.split('.'));
  const written = paths.find((path) => isWritten(repository, source.file, path));
  return environment.positionOf(written ?? paths[0] ?? ['spec'], { atKey: true });
}

function isWritten(repository: Repository, file: string, path: readonly string[]): boolean {
  const value = repository.file(file)?.documents[0]?.value;
  return path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], value) !== undefined;
}
