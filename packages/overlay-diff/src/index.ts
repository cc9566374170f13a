/** What a change does to the objects that kustomizations render to: by object and field, folded where they agree. @packageDocumentation */
export { compareWithRevision, type CompareOptions, type Comparison } from './compare-with-revision.ts';
export type { FieldChange } from './field-changes.ts';
export { fold, type FoldedDiff, type LeafDiff } from './fold.ts';
export { objectChanges, type ObjectChange } from './object-changes.ts';
export type { DiffObject } from './object-id.ts';
export { humanDiff, markdownDiff, type DiffReport, type FailedBuild } from './report.ts';
