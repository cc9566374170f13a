/** Kustomize: reads kustomizations with the place of each value, follows what they do, and renders them. @packageDocumentation */
export { buildAll, type Build, type BuildOptions, type BuildResult, type BuiltObject } from './build.ts';
export { KustomizeError, type KustomizeErrorCode } from './errors.ts';
export { formatYaml } from './format-yaml.ts';
export { parseHeader, type GeneratedFrom } from './generated-header.ts';
export {
  kustomizationFileNames,
  parseKustomization,
  type Exists,
  type Kustomization,
  type Reference,
  type ReferenceField,
  type ReferenceTarget,
} from './kustomization.ts';
export type { Manifest } from './manifest.ts';
export { formatObjectId, groupOf, isClusterScoped, objectIdOf, versionOf, type ObjectId } from './object-id.ts';
export { readResources, type Resource } from './read-resources.ts';
export { render, type Rendered, type RenderOptions } from './render.ts';
export { existsIn, ignoreFileName, parseIgnore, readRepository, Repository, type Closure } from './repository.ts';
export { readRevision, type RevisionTree } from './revision.ts';
export { SourceDocument, SourceFile, type Comment, type Path, type Position } from './source-file.ts';
export { imagesIn, splitImage, type ImageField } from './trace/images.ts';
export { trace, type ComponentUse, type EntryField, type EntryHits, type Trace } from './trace/trace.ts';
export type { TracedResource } from './trace/traced-resource.ts';
