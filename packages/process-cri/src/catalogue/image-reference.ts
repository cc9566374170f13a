import { CriError } from '../errors.ts';

export interface ImageReference {
  /** Registry and path, e.g. `docker.io/library/redis`. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/**
 * Reads a reference as Docker does: no registry means docker.io, there no folder means `library/`, no tag and no digest mean `latest`.
 *
 * @throws {@link CriError} `INVALID_ARGUMENT`
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
export function parseImageReference(text: string): ImageReference {
  const match = /^(?<name>[^@\s]+?)(?::(?<tag>[\w][\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[a-f0-9]{32,}))?$/i.exec(
    text,
  );
  const name = match?.groups?.['name'];
  if (match === null || name === undefined)
    throw new CriError('INVALID_ARGUMENT', `reading image reference "${text}": not a reference`);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry = first === 'localhost' || /[.:]/.test(first);
  const registry = hasRegistry ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const repository = `${registry}/${registry === 'docker.io' && !path.includes('/') ? 'library/' : ''}${path}`;
  const digest = match.groups?.['digest'];
  return { repository, tag: match.groups?.['tag'] ?? (digest === undefined ? 'latest' : undefined), digest };
}

/**
 * The form in which references are compared and shown. A digest beside a tag is left out: the catalogue holds programs that were
 * built here, so no digest of a registry can be true of them, and the tag is what the Pod's author meant.
 */
export function normalImageReference(text: string): string {
  const { repository, tag, digest } = parseImageReference(text);
  return tag === undefined ? `${repository}@${digest ?? ''}` : `${repository}:${tag}`;
}
