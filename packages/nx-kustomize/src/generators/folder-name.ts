import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { kustomizationFileNames } from '@gatefleet/kustomize';
import { NxKustomizeError } from '../errors.ts';

/** A DNS label: it becomes the name of a folder, and of objects. @see RFC 1123 */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The folder that a generator makes.
 *
 * @throws NxKustomizeError `INVALID_OPTION`, or `ALREADY_THERE` where a kustomization is in it.
 */
export function newFolder(tree: Tree, directory: string, name: string): string {
  if (!label.test(name)) {
    throw new NxKustomizeError('INVALID_OPTION', `making ${name}: that is no name for it`, {
      hint: 'use lower-case letters, digits and dashes, 63 at most',
    });
  }
  const folder = posix.join(directory, name);
  if (kustomizationIn(tree, folder) !== undefined) {
    throw new NxKustomizeError('ALREADY_THERE', `making ${folder}: a kustomization is there already`, {
      hint: 'choose another name',
    });
  }
  return folder;
}

/** Path of the kustomization in a folder. */
export function kustomizationIn(tree: Tree, folder: string): string | undefined {
  return kustomizationFileNames.map((file) => posix.join(folder, file)).find((path) => tree.exists(path));
}
