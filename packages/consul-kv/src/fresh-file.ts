import { readFile } from 'node:fs/promises';
import { KvError, type KvErrorCode } from './errors.ts';

/** A file is read again after this time, so what is replaced is picked up without a restart. */
const FRESH_FOR_MS = 10_000;

type Read = () => Promise<string | undefined>;

/** Gives the ACL token that a file holds, without the white space around it. */
export function tokenFromFile(path: string): Read {
  return freshFile(path, 'the ACL token', 'FORBIDDEN');
}

/** Gives the certificates of CAs that a file holds. */
export function caFromFile(path: string): Read {
  return freshFile(path, 'the CAs to trust', 'UNVERIFIED');
}

function freshFile(path: string, what: string, code: KvErrorCode): Read {
  let text: string | undefined;
  let readAt = -Infinity;
  return async () => {
    if (performance.now() - readAt < FRESH_FOR_MS) return text;
    try {
      text = (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw new KvError(code, `reading ${what} from ${path}`, { cause: error });
    }
    readAt = performance.now();
    return text;
  };
}
