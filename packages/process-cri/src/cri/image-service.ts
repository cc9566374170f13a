import { statfsSync, statSync } from 'node:fs';
import type { ImageCatalogue, ImageEntry } from '../catalogue/image-catalogue.ts';
import { prepareImage } from '../catalogue/image-layer.ts';
import { nowNs } from '../state/clock.ts';
import type { ImageSpec } from './messages.ts';
import type { Service } from './server.ts';

/** Images are the catalogue's: all are there from the start, a pull only makes one ready, and removing one changes nothing. */
export function imageService({ catalogue, layers }: { catalogue: ImageCatalogue; layers: string }): Service {
  return {
    calls: {
      ListImages: ({ filter }: { filter: { image: ImageSpec | null } | null }) => {
        const wanted = filter?.image?.image ?? '';
        const found = wanted === '' ? undefined : catalogue.find(wanted);
        const entries = wanted === '' ? catalogue.list() : found === undefined ? [] : [found];
        return { images: entries.map(imageMessage) };
      },
      ImageStatus: ({ image }: { image: ImageSpec | null }) => {
        const entry = catalogue.find(image?.image ?? '');
        return entry === undefined ? {} : { image: imageMessage(entry) };
      },
      PullImage: ({ image }: { image: ImageSpec | null }) => {
        const entry = catalogue.require(image?.image ?? '');
        prepareImage(entry, layers);
        return { image_ref: entry.id };
      },
      RemoveImage: () => ({}),
      ImageFsInfo: () => {
        const { bsize, blocks, bfree, files, ffree } = statfsSync(layers);
        const usage = {
          timestamp: nowNs(),
          fs_id: { mountpoint: layers },
          used_bytes: { value: String((blocks - bfree) * bsize) },
          inodes_used: { value: String(files - ffree) },
        };
        return { image_filesystems: [usage], container_filesystems: [usage] };
      },
    },
  };
}

function imageMessage(entry: ImageEntry): object {
  const uid = entry.image.user?.uid ?? 0;
  return {
    id: entry.id,
    repo_tags: [entry.reference],
    repo_digests: [],
    size: String(imageBytes(entry)),
    // Asked for by kubelet when a Pod has runAsNonRoot and no runAsUser.
    uid: { value: String(uid) },
    spec: { image: entry.reference },
    pinned: true,
  };
}

/** Size of the programs in it; at least 1, since kubelet takes an image without a size for a broken one. */
function imageBytes({ image }: ImageEntry): number {
  const sizes = Object.values(image.files).map((file) =>
    'source' in file
      ? (statSync(file.source, { throwIfNoEntry: false })?.size ?? 0)
      : 'text' in file
        ? file.text.length
        : 0,
  );
  return Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}
