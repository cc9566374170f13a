import type { InputDefinition } from './graph/nx.ts';

/** What nx.json may say about the plugin, all of it optional. */
export interface PluginOptions {
  /**
   * The kustomize program: a name on PATH, a path from the workspace's root, or a module (`.ts`, `.js`, `.mjs`) whose default
   * export is a function that tells the path. Default `kustomize`.
   */
  readonly kustomize?: string;
  /** What else the results of `render` and `lint` depend on, such as the file that pins kustomize's version. */
  readonly inputs?: readonly InputDefinition[];
  /** Folder of the project for the rules over everything that is deployed. Default: the nearest one that all of it is in. */
  readonly fleetRoot?: string;
  /**
   * A command line that brings environments to commits, as `gatefleet` does: `<command> sync <environment>`. With it, environments have
   * its commands as targets instead of the plugin's own `sync`.
   */
  readonly delivery?: string;
}

export interface NormalizedOptions {
  readonly kustomize: { readonly kind: 'program' | 'module'; readonly at: string };
  readonly inputs: readonly InputDefinition[];
  readonly fleetRoot: string | undefined;
  readonly delivery: string | undefined;
}

export function normalizeOptions({
  kustomize = 'kustomize',
  inputs = [],
  fleetRoot,
  delivery,
}: PluginOptions = {}): NormalizedOptions {
  const kind = /\.(ts|js|mjs)$/.test(kustomize) ? 'module' : 'program';
  return { kustomize: { kind, at: kustomize }, inputs, fleetRoot: fleetRoot?.replace(/\/+$/, ''), delivery };
}
