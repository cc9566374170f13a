/** For tests only: repositories of a few files. @packageDocumentation */
export { filesOf, writeFiles, type WrittenFiles } from './write-files.ts';
