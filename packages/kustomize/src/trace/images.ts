import { isMapping } from '../kustomization.ts';
import type { Path } from '../source-file.ts';

/** One image of an object: of a container, or of an image volume. */
export interface ImageField {
  /** Tells the container from others in the object. */
  readonly key: string;
  readonly image: string;
  readonly path: Path;
}

const containerLists = new Set(['containers', 'initContainers']);

/** Every image that kustomize's `images` would look at: below `containers` and `initContainers` of any kind, and in image volumes. */
export function imagesIn(value: unknown, path: Path = []): readonly ImageField[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => imagesIn(item, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (containerLists.has(key) && Array.isArray(inner)) {
      return inner.flatMap((container: unknown, index) =>
        isMapping(container) && typeof container['image'] === 'string'
          ? [
              {
                key: imageKey([...path, key], container, index),
                image: container['image'],
                path: [...path, key, index, 'image'],
              },
            ]
          : [],
      );
    }
    if (key === 'volumes' && Array.isArray(inner)) {
      return inner.flatMap((volume: unknown, index) =>
        isMapping(volume) && isMapping(volume['image']) && typeof volume['image']['reference'] === 'string'
          ? [
              {
                key: imageKey([...path, key], volume, index),
                image: volume['image']['reference'],
                path: [...path, key, index, 'image', 'reference'],
              },
            ]
          : [],
      );
    }
    return imagesIn(inner, [...path, key]);
  });
}

function imageKey(list: Path, item: Readonly<Record<string, unknown>>, index: number): string {
  return `${list.join('.')}[${typeof item['name'] === 'string' ? item['name'] : index}]`;
}

/** @see https://github.com/kubernetes-sigs/kustomize/blob/api/v0.21.1/api/internal/image/image.go (`IsImageMatched`: the name is an expression) */
export function isImageMatched(image: string, name: string): boolean {
  try {
    return new RegExp(`^${name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`).test(image);
  } catch {
    return false;
  }
}

/** The image after an entry of `images`. */
export function withOverride(image: string, entry: Readonly<Record<string, unknown>>): string {
  const text = (key: string) =>
    typeof entry[key] === 'string' || typeof entry[key] === 'number' ? String(entry[key]) : '';
  const { name, tag, digest } = splitImage(image);
  const newTag = text('newTag');
  const newDigest = text('digest');
  const suffix =
    newTag !== '' || newDigest !== ''
      ? `${newTag === '' ? '' : `:${newTag}`}${newDigest === '' ? '' : `@${newDigest}`}`
      : `${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
  return `${text('newName') === '' ? name : text('newName')}${suffix}`;
}

/** `registry:5000/name:tag@digest` in its parts; what is missing is empty. */
export function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const at = image.indexOf('@');
  const digest = at === -1 ? '' : image.slice(at + 1);
  const rest = at === -1 ? image : image.slice(0, at);
  const colon = rest.indexOf(':', Math.max(rest.lastIndexOf('/'), 0));
  return colon === -1
    ? { name: rest, tag: '', digest }
    : { name: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}
