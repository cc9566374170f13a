/** For tests only: environments that nobody thought of. @packageDocumentation */
export { anyEnvironment, anyInvalidEnvironment, type AnyDocument, type AnyMistaken } from './any-environment.ts';
