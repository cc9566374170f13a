import { posix } from 'node:path';

/** What the first line of a generated file says: where its content comes from. */
export interface GeneratedFrom {
  /** From the repository's root, with slashes. */
  readonly file: string;
  /** Dotted paths in that file which decided this one, such as `spec.gateway.resources`; may be none. */
  readonly fields: readonly string[];
  /** The command that makes the file again. */
  readonly command: string;
}

const header = /^# Generated from (?<source>\S+)(?: \((?<fields>[^)]*)\))? by `(?<command>[^`]+)`\./;

/** Reads the first line of a generated file; undefined for one that is written by hand. */
export function parseHeader(path: string, text: string): GeneratedFrom | undefined {
  const groups = header.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { source = '', fields = '', command = '' } = groups;
  return {
    file: posix.join(posix.dirname(path), source),
    fields: fields === '' ? [] : fields.split(', '),
    command,
  };
}
