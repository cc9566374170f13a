import type { Release } from './controller-image.ts';
import type { DebianLock } from './debian-lock.ts';
import type { PackageLock } from './node-entries.ts';

/** What an image was made of, and what it became. */
export interface ImageContent {
  /** What it is pinned by. */
  readonly digest: string;
  readonly release: Release;
  /** Files that the bundle is made of, relative to the repository. */
  readonly modules: readonly string[];
  readonly debian: DebianLock;
  readonly lock: PackageLock;
}
