import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { CriError } from '../errors.ts';
import { Catalogue, type CatalogueImage } from './catalogue.ts';
import { normalImageReference } from './image-reference.ts';

export interface ImageEntry {
  /** `sha256:…` of the normal reference: the same for as long as the catalogue names the image. */
  readonly id: string;
  /** Normal form, e.g. `docker.io/library/redis:8`. */
  readonly reference: string;
  readonly image: CatalogueImage;
}

/** The images of the catalogue file, which is read again whenever it has changed. */
export class ImageCatalogue {
  readonly file: string;
  #stamp = '';
  #entries = new Map<string, ImageEntry>();

  constructor(file: string) {
    this.file = file;
  }

  /** @throws {@link CriError} `FAILED_PRECONDITION` when the file cannot be read or breaks the schema. */
  list(): readonly ImageEntry[] {
    return [...this.#read().values()];
  }

  /** Finds an image by any form of its reference or by its id; `undefined` when the catalogue has none such. */
  find(referenceOrId: string): ImageEntry | undefined {
    const entries = this.#read();
    if (referenceOrId.startsWith('sha256:')) return [...entries.values()].find((entry) => entry.id === referenceOrId);
    return entries.get(normalImageReference(referenceOrId));
  }

  /** @throws {@link CriError} `NOT_FOUND`, which names the catalogue and what it has. */
  require(referenceOrId: string): ImageEntry {
    const entry = this.find(referenceOrId);
    if (entry !== undefined) return entry;
    throw new CriError(
      'NOT_FOUND',
      `looking for image "${referenceOrId}": the catalogue ${this.file} has no such image`,
      {
        hint: `images here are programs of this machine, nothing is pulled; add it to the catalogue, which has ${summary(this.list())}`,
      },
    );
  }

  #read(): ReadonlyMap<string, ImageEntry> {
    try {
      const { mtimeMs, size, ino } = statSync(this.file);
      const stamp = `${String(mtimeMs)} ${String(size)} ${String(ino)}`;
      if (stamp === this.#stamp) return this.#entries;
      const { images } = Catalogue.parse(JSON.parse(readFileSync(this.file, 'utf8')));
      this.#entries = new Map(
        Object.entries(images).map(([name, image]) => {
          const reference = normalImageReference(name);
          return [reference, { id: imageId(reference), reference, image }];
        }),
      );
      this.#stamp = stamp;
      return this.#entries;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CriError('FAILED_PRECONDITION', `reading the image catalogue ${this.file}: ${reason}`, { cause });
    }
  }
}

function imageId(reference: string): string {
  return `sha256:${createHash('sha256').update(reference).digest('hex')}`;
}

function summary(entries: readonly ImageEntry[]): string {
  const shown = entries.slice(0, 12).map(({ reference }) => reference.replace(/^docker\.io\/(library\/)?/, ''));
  const more = entries.length - shown.length;
  return `${shown.join(', ') || 'none'}${more > 0 ? ` and ${String(more)} more` : ''}`;
}
