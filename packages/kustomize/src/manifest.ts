import { parseAllDocuments } from 'yaml';
import { KustomizeError } from './errors.ts';

/** A Kubernetes object as plain data. */
export interface Manifest {
  readonly [key: string]: unknown;
}

/**
 * Every object in a YAML stream, in its order; documents that are empty are left out.
 *
 * @param source - where the text is from, for errors.
 * @throws KustomizeError `FILE_UNREADABLE`
 */
export function parseManifests(text: string, source: string): readonly Manifest[] {
  const documents = parseAllDocuments(text);
  const error = documents.flatMap(({ errors }) => errors).at(0);
  if (error !== undefined) {
    throw new KustomizeError('FILE_UNREADABLE', `reading ${source}: ${error.message}`, {
      hint: 'correct the YAML there',
    });
  }
  return documents
    .map((document) => document.toJS() as unknown)
    .filter((value): value is Manifest => typeof value === 'object' && value !== null && !Array.isArray(value));
}
