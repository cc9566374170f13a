import { posix } from 'node:path';
import { SourceFile, type Path, type SourceDocument } from './source-file.ts';

/** Names that kustomize looks for in a folder. @see https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#kustomization */
export const kustomizationFileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

export type ReferenceField =
  | 'resources'
  | 'bases'
  | 'components'
  | 'patches'
  | 'patchesStrategicMerge'
  | 'patchesJson6902'
  | 'configMapGenerator'
  | 'secretGenerator'
  | 'configurations'
  | 'crds'
  | 'generators'
  | 'transformers'
  | 'validators'
  | 'replacements'
  | 'openapi'
  | 'helmCharts';

export type ReferenceTarget =
  | { readonly kind: 'kustomization'; readonly folder: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'missing'; readonly path: string }
  /** Above the repository's root. */
  | { readonly kind: 'outside'; readonly path: string };

/** One thing outside of itself that a kustomization names. */
export interface Reference {
  readonly field: ReferenceField;
  /** Where in the kustomization. */
  readonly at: Path;
  readonly written: string;
  readonly target: ReferenceTarget;
}

export interface Kustomization {
  /** From the repository's root; `.` is the root itself. */
  readonly folder: string;
  readonly kind: 'Kustomization' | 'Component';
  readonly document: SourceDocument;
  /** What it says, checked no further. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
}

/** Tells what there is at a path from the repository's root. */
export type Exists = (path: string) => 'file' | 'folder' | undefined;

/** The parsed file, or undefined where it holds no mapping. */
export function kustomizationOf(file: SourceFile, exists: Exists): Kustomization | undefined {
  const document = file.documents[0];
  if (document === undefined || !isMapping(document.value)) return undefined;
  const folder = posix.dirname(file.path);
  const content = document.value;
  return {
    folder,
    kind: content['kind'] === 'Component' ? 'Component' : 'Kustomization',
    document,
    content,
    references: named(content).map(({ field, at, written }) => ({
      field,
      at,
      written,
      target: targetOf(folder, written, exists),
    })),
  };
}

/**
 * Parses one kustomization by its text alone; starts no process and reads nothing but what `exists` tells.
 *
 * @param path - of the file, from the repository's root.
 */
export function parseKustomization(
  path: string,
  text: string,
  exists: Exists,
):
  | { readonly kind: 'parsed'; readonly kustomization: Kustomization }
  | { readonly kind: 'invalid'; readonly message: string } {
  const file = new SourceFile(path, text);
  if (file.error !== undefined) {
    return { kind: 'invalid', message: `${path}:${file.error.position.line}: ${file.error.message}` };
  }
  // An empty file is a kustomization of nothing to kustomize, and an error when it is built.
  const kustomization = kustomizationOf(file, exists);
  return kustomization === undefined
    ? { kind: 'invalid', message: `${path}: it holds no mapping` }
    : { kind: 'parsed', kustomization };
}

interface Named {
  readonly field: ReferenceField;
  readonly at: Path;
  readonly written: string;
}

const pathLists = [
  'resources',
  'bases',
  'components',
  'patchesStrategicMerge',
  'configurations',
  'crds',
  'generators',
  'transformers',
  'validators',
] as const;

function named(content: Readonly<Record<string, unknown>>): readonly Named[] {
  return [
    ...pathLists.flatMap((field) =>
      listOf(content[field]).flatMap((entry, index) =>
        // Patches, generators and transformers may stand inline: several lines, or a mapping on one.
        typeof entry === 'string' && !isInline(entry) ? [{ field, at: [field, index], written: entry }] : [],
      ),
    ),
    ...(['patches', 'patchesJson6902', 'replacements'] as const).flatMap((field) =>
      listOf(content[field]).flatMap((entry, index) =>
        isMapping(entry) && typeof entry['path'] === 'string'
          ? [{ field, at: [field, index, 'path'], written: entry['path'] }]
          : [],
      ),
    ),
    ...(['configMapGenerator', 'secretGenerator'] as const).flatMap((field) => generatorFiles(field, content[field])),
    ...(isMapping(content['openapi']) && typeof content['openapi']['path'] === 'string'
      ? [{ field: 'openapi' as const, at: ['openapi', 'path'], written: content['openapi']['path'] }]
      : []),
    ...listOf(content['helmCharts']).flatMap((chart, index) =>
      isMapping(chart) && typeof chart['valuesFile'] === 'string'
        ? [{ field: 'helmCharts' as const, at: ['helmCharts', index, 'valuesFile'], written: chart['valuesFile'] }]
        : [],
    ),
  ];
}

function generatorFiles(field: 'configMapGenerator' | 'secretGenerator', value: unknown): readonly Named[] {
  return listOf(value).flatMap((generator, index) => {
    if (!isMapping(generator)) return [];
    const listed = (['files', 'envs'] as const).flatMap((key) =>
      listOf(generator[key]).flatMap((entry, at) =>
        typeof entry === 'string'
          ? [{ field, at: [field, index, key, at], written: entry.slice(entry.indexOf('=') + 1) }]
          : [],
      ),
    );
    const env = generator['env'];
    return typeof env === 'string' ? [...listed, { field, at: [field, index, 'env'], written: env }] : listed;
  });
}

function isInline(text: string): boolean {
  return text.includes('\n') || text.trimStart().startsWith('{') || /^\s*[\w-]+:\s/.test(text);
}

/** What kustomize takes for an address of another repository. @see https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md */
const remote =
  /^(?:[a-z][a-z0-9+.-]*:\/\/|git::|[\w.-]+@[\w.-]+:|(?:github|gitlab|bitbucket)\.(?:com|org)[/:])|\?(?:[^/]*&)?ref=/i;

function targetOf(folder: string, written: string, exists: Exists): ReferenceTarget {
  const path = posix.join(folder, written).replace(/\/$/, '');
  switch (posix.isAbsolute(written) ? undefined : exists(path)) {
    case 'folder':
      return path.startsWith('..') ? { kind: 'outside', path } : { kind: 'kustomization', folder: path };
    case 'file':
      return path.startsWith('..') ? { kind: 'outside', path } : { kind: 'file', path };
    case undefined:
      if (remote.test(written)) return { kind: 'remote', url: written };
      return path.startsWith('..') || posix.isAbsolute(written) ? { kind: 'outside', path } : { kind: 'missing', path };
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
