/** For tests only: environments that nobody thought of, and plain ones. @packageDocumentation */
export { anyEnvironment, anyInvalidEnvironment, type AnyDocument, type AnyMistaken } from './any-environment.ts';
export { environmentNamed } from './environment-named.ts';
