/** From an environment to the files of its overlay and its Argo CD Application: a pure plan, and a separate writer. @packageDocumentation */
export { Base } from './base.ts';
export type { Manifest, Value } from './manifest.ts';
export { applyChanges, changesOf, type Change, type RepositoryPlan } from './changes.ts';
export { OverlayError, type OverlayErrorCode } from './errors.ts';
export { planApplication } from './plan-application.ts';
export { planEnvironment } from './plan-environment.ts';
export { planOverlay, type FilePlan } from './plan-overlay.ts';
export { readBase } from './read-base.ts';
export { readComponentProblems } from './read-component-problems.ts';
export { readFacts, type OverlayFacts } from './read-facts.ts';
export { readVersionProblems } from './read-version-problems.ts';
export { unifiedDiff } from './unified-diff.ts';
