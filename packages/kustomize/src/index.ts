/** Kustomize: reads what kustomizations name, and renders them. @packageDocumentation */
export { KustomizeError, type KustomizeErrorCode } from './errors.ts';
export type { Manifest } from './manifest.ts';
export { readResources, type Resource } from './read-resources.ts';
export { render, type Rendered, type RenderOptions } from './render.ts';
