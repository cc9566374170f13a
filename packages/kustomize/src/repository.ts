import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { listFiles } from './list-files.ts';
import { kustomizationFileNames, kustomizationOf, type Exists, type Kustomization } from './kustomization.ts';
import { SourceFile } from './source-file.ts';

/** What a build of a kustomization reads, itself included. Paths from the repository's root. */
export interface Closure {
  /** Of kustomizations. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** The YAML files of a repository, and how its kustomizations hang together. A file is parsed when it is first looked into. */
export class Repository {
  /** Absolute. */
  readonly root: string;
  /** By folder, sorted. */
  readonly kustomizations: ReadonlyMap<string, Kustomization>;
  readonly #files: ReadonlyMap<string, SourceFile>;
  readonly #dependents = new Map<string, string[]>();

  constructor(root: string, files: ReadonlyMap<string, SourceFile>) {
    this.root = root;
    this.#files = files;
    const exists = existsIn(root);
    this.kustomizations = new Map(
      [...files.values()]
        .filter(({ path }) => isKustomizationFile(path))
        .flatMap((file) => kustomizationOf(file, exists) ?? [])
        .toSorted((a, b) => (a.folder < b.folder ? -1 : 1))
        .map((kustomization) => [kustomization.folder, kustomization]),
    );
    for (const { folder, references } of this.kustomizations.values()) {
      for (const { target } of references) {
        if (target.kind !== 'kustomization') continue;
        const dependents = this.#dependents.get(target.folder) ?? [];
        if (!dependents.includes(folder)) dependents.push(folder);
        this.#dependents.set(target.folder, dependents);
      }
    }
  }

  file(path: string): SourceFile | undefined {
    return this.#files.get(path);
  }

  files(): Iterable<SourceFile> {
    return this.#files.values();
  }

  /** Everything that a build of this kustomization reads inside the repository. */
  closureOf(folder: string): Closure {
    const folders = new Set<string>();
    const files = new Set<string>();
    const visit = (at: string) => {
      const kustomization = this.kustomizations.get(at);
      if (kustomization === undefined || folders.has(at)) return;
      folders.add(at);
      files.add(kustomization.document.file.path);
      for (const { target } of kustomization.references) {
        if (target.kind === 'kustomization') visit(target.folder);
        else if (target.kind === 'file') files.add(target.path);
      }
    };
    visit(folder);
    return { folders: [...folders], files: [...files].toSorted() };
  }

  /** Folders of the kustomizations that name this one. */
  dependentsOf(folder: string): readonly string[] {
    return this.#dependents.get(folder) ?? [];
  }

  /** Kustomizations that no other names: what is deployed. Components are never deployed by themselves. */
  leaves(): readonly string[] {
    return [...this.kustomizations.values()]
      .filter(({ folder, kind }) => kind === 'Kustomization' && this.dependentsOf(folder).length === 0)
      .map(({ folder }) => folder);
  }
}

/** Lists folders and files that are none of the fleet's, one a line, from the root; `#` begins a remark. */
export const ignoreFileName = '.gatefleetignore';

/**
 * Reads every YAML file of a work tree; left out is what git ignores, node_modules, and what {@link ignoreFileName} lists.
 *
 * @throws KustomizeError `FILE_UNREADABLE`
 */
export async function readRepository(
  root: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Repository> {
  const isIgnored = parseIgnore(await readFile(join(root, ignoreFileName), 'utf8').catch(() => ''));
  const paths = (await listFiles(root, options)).filter((path) => isYaml(path) && !isIgnored(path));
  const files = new Map<string, SourceFile>();
  const queue = paths.values();
  const worker = async () => {
    for (const path of queue) {
      options.signal?.throwIfAborted();
      const text = await readFile(join(root, path), 'utf8').catch((error: unknown) => {
        // Deleted in the work tree, but not yet in git's index.
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'EISDIR') return undefined;
        throw error;
      });
      if (text !== undefined) files.set(path, new SourceFile(path, text));
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  return new Repository(root, new Map([...files].toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Whether a path, from the root, is left out by the text of an {@link ignoreFileName}. */
export function parseIgnore(text: string): (path: string) => boolean {
  const entries = text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().replace(/\/+$/, ''))
    .filter((line) => line !== '');
  return (path) => entries.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

export function existsIn(root: string): Exists {
  const known = new Map<string, ReturnType<Exists>>();
  return (path) => {
    if (!known.has(path)) {
      const absolute = join(root, path);
      known.set(path, existsSync(absolute) ? (statSync(absolute).isDirectory() ? 'folder' : 'file') : undefined);
    }
    return known.get(path);
  };
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path) || posix.basename(path) === 'Kustomization';
}

function isKustomizationFile(path: string): boolean {
  return (kustomizationFileNames as readonly string[]).includes(posix.basename(path));
}
