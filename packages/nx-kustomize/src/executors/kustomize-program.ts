import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { normalizeOptions, type PluginOptions } from '../options.ts';

/** Path of the kustomize program, or its name where PATH has it. */
export async function kustomizeProgram({ kustomize }: Pick<PluginOptions, 'kustomize'>, root: string): Promise<string> {
  const { kind, at } = normalizeOptions(kustomize === undefined ? {} : { kustomize }).kustomize;
  if (kind === 'module') {
    const { default: path } = (await import(pathToFileURL(join(root, at)).href)) as { default: () => Promise<string> };
    return path();
  }
  return at.includes('/') ? resolve(root, at) : at;
}
