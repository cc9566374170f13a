/** Nx plugin for Kustomize: each kustomization a project, with edges to what it names, and targets. @packageDocumentation */
export { createDependencies } from './create-dependencies.ts';
export { createNodes, createNodes as createNodesV2 } from './create-nodes.ts';
export type { PluginOptions } from './options.ts';
export const name = '@gatefleet/nx-kustomize';
