import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Environment } from '@gatefleet/environment';
import {
  existsIn,
  kustomizationFileNames,
  parseKustomization,
  type Exists,
  type Kustomization,
} from '@gatefleet/kustomize';

/** What a plan has to know of the repository beside environment.yaml and the base. */
export interface OverlayFacts {
  /** Whether the user has a Component of their own in custom/. */
  readonly hasCustom: boolean;
  /** Files and folders that the overlay is built from, other than its own folder and the base; from the repository's root, sorted. */
  readonly dependencies: readonly string[];
}

/** @param root - the repository's. */
export async function readFacts(root: string, { metadata, spec }: Environment): Promise<OverlayFacts> {
  const exists = existsIn(root);
  const overlay = `overlays/${metadata.name}`;
  const custom = `${overlay}/custom`;
  const hasCustom = exists(`${custom}/kustomization.yaml`) === 'file';
  const found = new Set<string>();
  const visit = async (folder: string): Promise<void> => {
    if (found.has(folder)) return;
    found.add(folder);
    const { references = [] } = (await readKustomization(root, folder, exists)) ?? {};
    for (const { target } of references) {
      if (target.kind === 'kustomization') await visit(target.folder);
      else if (target.kind === 'file') found.add(target.path);
    }
  };
  const extra = spec.components.map((path) => posix.join(overlay, path));
  for (const folder of [...extra, ...(hasCustom ? [custom] : [])]) await visit(folder);
  const known = [overlay, 'base', ...found];
  const dependencies = [...found].filter((path) => !known.some((other) => isBelow(path, other)));
  return { hasCustom, dependencies: dependencies.filter((path) => path !== 'base').toSorted() };
}

/** Whether something else that is told covers this path. */
function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

async function readKustomization(root: string, folder: string, exists: Exists): Promise<Kustomization | undefined> {
  const path = kustomizationFileNames.map((name) => posix.join(folder, name)).find((each) => exists(each) === 'file');
  if (path === undefined) return undefined;
  const parsed = parseKustomization(path, await readFile(join(root, path), 'utf8'), exists);
  return parsed.kind === 'parsed' ? parsed.kustomization : undefined;
}
