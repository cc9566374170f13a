import { readFile } from 'node:fs/promises';
import { CliError } from '../errors.ts';

/** The file's first line; `-` is standard input. @returns undefined without a file. @throws CliError */
export async function readPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
    return text.split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    throw new CliError('BAD_ARGUMENT', `reading the passphrase from ${file}`, { cause });
  }
}
