import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readResources } from '@gatefleet/kustomize';
import { Base, type Manifest } from './base.ts';
import { OverlayError } from './errors.ts';

/**
 * Reads the objects of the base and of its Components, as their files have them.
 *
 * @throws OverlayError `BASE_UNREADABLE`
 */
export async function readBase(folder: string): Promise<Base> {
  try {
    const components = await readdir(join(folder, 'components'));
    const folders = [folder, ...components.map((trait) => join(folder, 'components', trait))];
    const resources = (await Promise.all(folders.map(readResources))).flat();
    return new Base(resources.map(({ object }) => object as Manifest));
  } catch (cause) {
    throw new OverlayError('BASE_UNREADABLE', `reading the base in ${folder}: ${(cause as Error).message}`, { cause });
  }
}
