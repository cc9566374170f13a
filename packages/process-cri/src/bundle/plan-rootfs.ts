import { dirname } from 'node:path';
import type { CatalogueFile } from '../catalogue/catalogue.ts';
import type { HostFacts } from './host-facts.ts';

/** One thing in the container’s own root folder. Parents are made as needed, by root, 0755. */
export type RootfsEntry =
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | {
      readonly kind: 'text';
      readonly path: string;
      readonly text: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

export interface RootfsInput {
  /** With `single` everything is id 0's, as the container's process is. */
  readonly ids: 'full' | 'single';
  readonly topFolders: HostFacts['topFolders'];
  /** Files of the image that are not below /usr. */
  readonly files: readonly (readonly [path: string, file: CatalogueFile])[];
  /** Files that every container has; those of the image win. */
  readonly texts: Readonly<Record<string, string>>;
  readonly workingDir: string | undefined;
}

const folders: readonly (readonly [path: string, mode: number])[] = [
  ['/dev', 0o755],
  ['/etc', 0o755],
  ['/home', 0o755],
  ['/opt', 0o755],
  ['/proc', 0o555],
  ['/root', 0o700],
  ['/run', 0o755],
  ['/srv', 0o755],
  ['/sys', 0o555],
  ['/tmp', 0o1777],
  ['/usr', 0o755],
  ['/var', 0o755],
  ['/var/cache', 0o755],
  ['/var/lib', 0o755],
  ['/var/log', 0o755],
  ['/var/tmp', 0o1777],
];

/** The files of a container’s own root, in an order in which they can be written. Sources are bound later and are not in it. */
export function planRootfs({ ids, topFolders, files, texts, workingDir }: RootfsInput): RootfsEntry[] {
  const entries = new Map<string, RootfsEntry>();
  const put = (entry: RootfsEntry) => {
    entries.delete(entry.path);
    entries.set(entry.path, ids === 'single' && entry.kind !== 'link' ? { ...entry, uid: 0, gid: 0 } : entry);
  };
  for (const [path, mode] of folders) put({ kind: 'folder', path, mode, uid: 0, gid: 0 });
  put({ kind: 'link', path: '/var/run', target: '../run' });
  for (const { path, link } of topFolders) {
    put(
      link === undefined ? { kind: 'folder', path, mode: 0o755, uid: 0, gid: 0 } : { kind: 'link', path, target: link },
    );
  }
  for (const [path, text] of Object.entries(texts)) put({ kind: 'text', path, text, mode: 0o644, uid: 0, gid: 0 });
  if (workingDir !== undefined && !entries.has(workingDir) && workingDir !== '/') {
    put({ kind: 'folder', path: workingDir, mode: 0o755, uid: 0, gid: 0 });
  }
  for (const [path, file] of files) {
    if ('link' in file) put({ kind: 'link', path, target: file.link });
    else if ('folder' in file) put({ kind: 'folder', path, mode: file.mode, uid: file.uid, gid: file.gid });
    else if (path in texts && 'text' in file && path === '/etc/passwd')
      continue; // already merged with the container’s user
    else if ('text' in file)
      put({ kind: 'text', path, text: file.text, mode: file.mode, uid: file.uid, gid: file.gid });
  }
  return [...entries.values()].sort((a, b) => depth(a.path) - depth(b.path));
}

function depth(path: string): number {
  return dirname(path) === '/' ? 1 : path.split('/').length;
}
