import { readFile } from 'node:fs/promises';
import { KvError } from './errors.ts';

/** A file is read again after this time, so a rotated token is picked up without a restart. */
const FRESH_FOR_MS = 10_000;

/** Gives the ACL token that a file holds, without the white space around it. */
export function tokenFromFile(path: string): () => Promise<string | undefined> {
  let token: string | undefined;
  let readAt = -Infinity;
  return async () => {
    if (performance.now() - readAt < FRESH_FOR_MS) return token;
    try {
      token = (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw new KvError('FORBIDDEN', `reading the ACL token from ${path}`, { cause: error });
    }
    readAt = performance.now();
    return token;
  };
}
