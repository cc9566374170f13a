/** For tests only: rules run over a few files. @packageDocumentation */
export { foreignRepositories } from './foreign/foreign-repositories.ts';
export { checkKustomizations, checkObjects, lintFiles, printed, type Files } from './lint-files.ts';
export { changeTable, fleetTable, type ChangeCase, type FleetCase } from './fleet-table.ts';
export { generatedOverlay } from './generated-overlay.ts';
export { kustomizationTable, objectTable, type KustomizationCase, type ObjectCase } from './rule-table.ts';
