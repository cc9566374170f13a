/** What a change does to the objects that kustomizations render to: by object and field, folded where they agree. @packageDocumentation */
export type { FieldChange } from './field-changes.ts';
export { fold, type FoldedDiff, type LeafDiff } from './fold.ts';
export { objectChanges, type ObjectChange } from './object-changes.ts';
export type { DiffObject } from './object-id.ts';
export { humanDiff, markdownDiff, type DiffReport } from './report.ts';
