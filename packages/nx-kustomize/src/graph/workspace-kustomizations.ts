import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import {
  existsIn,
  ignoreFileName,
  kustomizationFileNames,
  parseIgnore,
  parseKustomization,
  type Kustomization,
} from '@gatefleet/kustomize';

/** Beside kustomizations: what says which to leave out, which names are taken, and which folder is an environment. */
export const configFileGlob = `**/{${[...kustomizationFileNames, 'environment.yaml', 'project.json', 'package.json', ignoreFileName].join(',')}}`;

export interface WorkspaceKustomizations {
  /** Sorted by folder. */
  readonly kustomizations: readonly Kustomization[];
  /** Folders with an environment.yaml. */
  readonly environments: ReadonlySet<string>;
  /** Names of projects in other folders. */
  readonly takenNames: ReadonlySet<string>;
  /** Files that are no kustomizations, though named so. */
  readonly invalid: readonly { readonly file: string; readonly message: string }[];
}

/** Reads what {@link configFileGlob} found. Starts no process. */
export function readWorkspaceKustomizations(root: string, files: readonly string[]): WorkspaceKustomizations {
  const isIgnored = files.includes(ignoreFileName) ? parseIgnore(read(root, ignoreFileName)) : () => false;
  const exists = existsIn(root);
  const kustomizations: Kustomization[] = [];
  const invalid: { file: string; message: string }[] = [];
  for (const file of files.filter((each) => isNamed(each, kustomizationFileNames) && !isIgnored(each)).toSorted()) {
    const parsed = parseKustomization(file, read(root, file), exists);
    if (parsed.kind === 'invalid') invalid.push({ file, message: parsed.message });
    else kustomizations.push(parsed.kustomization);
  }
  const folders = new Set(kustomizations.map(({ folder }) => folder));
  return {
    kustomizations,
    environments: new Set(
      files.filter((file) => isNamed(file, ['environment.yaml'])).map((file) => posix.dirname(file)),
    ),
    takenNames: new Set(
      files
        .filter((file) => isNamed(file, ['project.json', 'package.json']) && !folders.has(posix.dirname(file)))
        .flatMap((file) => nameIn(file, read(root, file)) ?? []),
    ),
    invalid,
  };
}

function read(root: string, file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function isNamed(file: string, names: readonly string[]): boolean {
  return names.includes(posix.basename(file));
}

/** The project's name as Nx takes it from the file; its folder's where a project.json does not say. */
function nameIn(file: string, text: string): string | undefined {
  try {
    const { name, nx } = JSON.parse(text) as { name?: string; nx?: { name?: string } };
    return nx?.name ?? name ?? (isNamed(file, ['project.json']) ? posix.basename(posix.dirname(file)) : undefined);
  } catch {
    // Nx itself says what is wrong with it.
    return undefined;
  }
}
