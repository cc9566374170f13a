import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { parse } from 'yaml';
import { readResources } from '@gatefleet/kustomize';
import { Base } from './base.ts';
import type { BaseObject } from './base-object.ts';
import { isMapping, kindOf, nameOf, type Manifest, type Value } from './manifest.ts';
import type { BaseComponent, ComponentPatch } from './component.ts';
import { OverlayError } from './errors.ts';

/**
 * Reads the objects of the base, and its Components: what they add and what they patch.
 *
 * @throws OverlayError `BASE_UNREADABLE`
 */
export async function readBase(folder: string): Promise<Base> {
  const root = dirname(folder);
  try {
    const components = join(folder, 'components');
    const names = (await readdir(components)).toSorted();
    const read = names.map(async (name): Promise<[string, BaseComponent]> => [
      name,
      { resources: await objectsIn(components, name, root), patches: await patchesIn(join(components, name), root) },
    ]);
    return new Base(await objectsIn(root, basename(folder), root), new Map(await Promise.all(read)));
  } catch (cause) {
    throw new OverlayError('BASE_UNREADABLE', `reading the base in ${folder}: ${(cause as Error).message}`, { cause });
  }
}

async function objectsIn(parent: string, name: string, root: string): Promise<readonly BaseObject[]> {
  const resources = await readResources(join(parent, name));
  return resources.map(({ file, object }) => ({ object: object as Manifest, file: relative(root, file) }));
}

async function patchesIn(folder: string, root: string): Promise<readonly ComponentPatch[]> {
  const { patches } = await readMapping(join(folder, 'kustomization.yaml'));
  const entries = Array.isArray(patches) ? (patches as readonly Value[]).filter(isMapping) : [];
  return Promise.all(
    entries.map(async ({ path, target }) => {
      const file = join(folder, typeof path === 'string' ? path : '');
      const named = isMapping(target)
        ? { metadata: { name: target['name'] ?? '' }, kind: target['kind'] ?? '' }
        : undefined;
      return {
        file: relative(root, file),
        target: named && { kind: kindOf(named), name: nameOf(named) },
        content: await readMapping(file),
      };
    }),
  );
}

async function readMapping(file: string): Promise<Manifest> {
  const content = parse(await readFile(file, 'utf8')) as Value;
  if (isMapping(content)) return content;
  throw new TypeError(`${file} holds no mapping`);
}
