import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KustomizeError } from './errors.ts';
import { parseManifests, type Manifest } from './manifest.ts';

/** An object as its file has it, before any kustomization changes it. */
export interface Resource {
  readonly file: string;
  readonly object: Manifest;
}

/**
 * Every object that a kustomization or Component names under `resources`, through folders of theirs, in order.
 * Patches, generators and transformers are not applied; addresses of other repositories are left out.
 *
 * @throws KustomizeError `FILE_UNREADABLE`
 */
export async function readResources(folder: string): Promise<readonly Resource[]> {
  const file = join(folder, 'kustomization.yaml');
  const [kustomization = {}] = parseManifests(await read(file), file);
  const named: unknown[] = Array.isArray(kustomization['resources']) ? kustomization['resources'] : [];
  const found = await Promise.all(
    named
      .filter((entry): entry is string => typeof entry === 'string' && !entry.includes('://'))
      .map(async (entry) => {
        const path = join(folder, entry);
        if (await isFolder(path)) return readResources(path);
        return parseManifests(await read(path), path).map((object) => ({ file: path, object }));
      }),
  );
  return found.flat();
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KustomizeError('FILE_UNREADABLE', `reading ${file}`, { hint: 'check that it is there', cause });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
