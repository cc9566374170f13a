/** environment.yaml: what an environment of the fleet may decide, its schema, its errors and its documentation. @packageDocumentation */
export { bytes } from './bytes.ts';
export { Environment } from './environment.ts';
export { certificatePolicyOf, CertificatePolicy, parseCertificatePolicy } from './certificates/certificate-policy.ts';
export { followedRevision, mainBranch, promotionBranch } from './followed-revision.ts';
export { environmentJsonSchema } from './json-schema.ts';
export { parseEnvironment, type ParsedEnvironment } from './parse-environment.ts';
export { renderProblems, type Problem } from './problem.ts';
export { presets, presetNames, type Preset, type PresetName } from './presets.ts';
export { seconds } from './seconds.ts';
export type { Migration } from './migrate.ts';
