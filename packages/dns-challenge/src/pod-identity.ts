import { readFile } from 'node:fs/promises';
import { DnsChallengeError } from './errors.ts';

/** The Pod's environment, in which clouds tell it who it is: variables by name. */
export type PodEnvironment = Readonly<Record<string, string | undefined>>;

/** A token that the platform writes to a file and renews there. @throws DnsChallengeError `BAD_CREDENTIALS` */
export async function readIdentityToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new DnsChallengeError('BAD_CREDENTIALS', `reading the Pod’s identity token from ${path}`, {
      hint: 'check that the Pod’s ServiceAccount is set up for this cloud and that the file is mounted',
      cause: error,
    });
  }
}
