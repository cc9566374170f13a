/** A git server over smart HTTP for one bare repository, by `git http-backend`: one door for reading, one with a password for pushing. @packageDocumentation */
export { GitRemoteError, type GitRemoteErrorCode } from './errors.ts';
export { startGitRemote, type GitRemote, type GitRemoteOptions } from './git-remote.ts';
export type { Credentials } from './credentials.ts';
export type { Door, Listener } from './door.ts';
export type { RefUpdate } from './ref-updates.ts';
