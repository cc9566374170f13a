import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { KustomizeError } from './errors.ts';
import { objectIdOf, type ObjectId } from './object-id.ts';
import { parseRendered } from './parse-rendered.ts';
import { renderText } from './render.ts';
import type { Repository } from './repository.ts';
import type { Path, Position } from './source-file.ts';
import { trace, type Trace } from './trace/trace.ts';
import type { TracedResource } from './trace/traced-resource.ts';

/** A rendered object that knows where its values come from. Equal objects of different builds share one `object`. */
export interface BuiltObject {
  readonly id: ObjectId;
  readonly object: Readonly<Record<string, unknown>>;
  /** Where the value at `path` was written, or with `atKey` its name; the nearest parent where nothing is at the path. */
  positionOf(path: Path, options?: { readonly atKey?: boolean }): Position;
}

export interface Build {
  readonly folder: string;
  readonly objects: readonly BuiltObject[];
  readonly trace: Trace;
}

export type BuildResult =
  | { readonly kind: 'built'; readonly build: Build }
  | {
      readonly kind: 'failed';
      readonly folder: string;
      readonly trace: Trace;
      readonly error: KustomizeError;
      readonly position: Position;
    };

export interface BuildOptions {
  /** Path of the kustomize program. */
  readonly kustomize: string;
  /** Processes at once. Default: one for each processor. */
  readonly concurrency?: number;
  /** What kustomize printed, by folder, where it was run before: it is not run again. */
  readonly rendered?: ReadonlyMap<string, string> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBuilt?: (done: number, of: number) => void;
}

/**
 * Renders kustomizations as Argo CD does, several at once, and tells where each value comes from. In the order of `folders`.
 *
 * @throws KustomizeError `PROGRAM_MISSING`; the signal's reason when aborted.
 */
export async function buildAll(
  repository: Repository,
  folders: readonly string[],
  { concurrency = availableParallelism(), onBuilt, ...options }: BuildOptions,
): Promise<readonly BuildResult[]> {
  const results = new Array<BuildResult>(folders.length);
  const queue = folders.entries();
  let done = 0;
  const worker = async () => {
    for (const [index, folder] of queue) {
      results[index] = await buildOne(repository, folder, options);
      done += 1;
      onBuilt?.(done, folders.length);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, worker));
  return results;
}

async function buildOne(
  repository: Repository,
  folder: string,
  { rendered: known, ...options }: Omit<BuildOptions, 'concurrency' | 'onBuilt'>,
): Promise<BuildResult> {
  const text = known?.get(folder);
  const running = text === undefined ? renderText(join(repository.root, folder), options) : Promise.resolve(text);
  const rendering = running.catch((error: unknown) => {
    if (error instanceof KustomizeError && error.code === 'BUILD_FAILED') return fromRoot(error, repository.root);
    throw error;
  });
  // While kustomize works.
  const traced = trace(repository, folder);
  const rendered = await rendering;
  if (rendered instanceof KustomizeError) {
    return { kind: 'failed', folder, trace: traced, error: rendered, position: startOf(repository, folder) };
  }
  const sources = new Map(traced.resources.map((resource) => [keyOf(resource.id, resource.isGenerated), resource]));
  const fallback = startOf(repository, folder);
  const objects = parseRendered(rendered).map((object) => {
    const id = objectIdOf(object);
    const source = sources.get(keyOf(id, false)) ?? sources.get(keyOf({ ...id, name: withoutHash(id.name) }, true));
    return { id, object, positionOf: positionIn(object, source, fallback) };
  });
  return { kind: 'built', build: { folder, objects, trace: traced } };
}

/** Kustomize names files by their absolute paths; a reader knows them from the root. */
function fromRoot(error: KustomizeError, root: string): KustomizeError {
  const shorten = (text: string) => text.replaceAll(`${root}/`, '');
  const { code, message, hint, cause } = error;
  return new KustomizeError(code, shorten(message), { ...(hint !== undefined && { hint: shorten(hint) }), cause });
}

function positionIn(
  object: Readonly<Record<string, unknown>>,
  source: TracedResource | undefined,
  fallback: Position,
): BuiltObject['positionOf'] {
  return (path, options) => (source === undefined ? fallback : source.sourceOf(path, object, options));
}

function startOf(repository: Repository, folder: string): Position {
  const kustomization = repository.kustomizations.get(folder);
  return kustomization?.document.positionOf([]) ?? { file: folder, line: 1, column: 1 };
}

function keyOf({ kind, namespace, name }: ObjectId, isGenerated: boolean): string {
  return JSON.stringify([kind, namespace ?? '', name, isGenerated]);
}

/** @see https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go */
function withoutHash(name: string): string {
  return name.replace(/-[2456789bcdfghkmt]{10}$/, '');
}
