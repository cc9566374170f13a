/** The pinned programs, and files of pinned Go modules: found on PATH, in the cache, or built. @packageDocumentation */
export type { AssetName } from './assets.ts';
export { ensureAsset } from './ensure-asset.ts';
export { ensureTools, type EnsureOptions, type FoundTool } from './ensure-tools.ts';
export { goEnvironment } from './go-environment.ts';
export { pinnedUnit } from './module-folder.ts';
export { ToolchainError, type ToolchainErrorCode } from './errors.ts';
export { inspectTools, type ToolReport } from './inspect.ts';
export { printProgress, type ProgressStream } from './print-progress.ts';
export type { OnProgress, ToolchainEvent } from './progress.ts';
export { commonTools, toolNames, type ToolName } from './tools.ts';
export { units, type Unit, type UnitName } from './units.ts';
