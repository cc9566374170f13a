import { readFile } from 'node:fs/promises';
import { ConfigError } from './errors.ts';

/** A file that is mounted from a Secret. @throws ConfigError */
export async function readMounted(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`reading ${file}`, { hint: 'it is mounted from a Secret that create-secrets made', cause });
  }
}
