/** Strict checks of Kubernetes objects against the schemas of one release, without a cluster. @packageDocumentation */
export { Schemas, type CheckedObject } from './schemas.ts';
export type { PinnedData, SchemaNode, SchemaTable } from './schema-table.ts';
export type { SchemaViolation } from './violation.ts';
