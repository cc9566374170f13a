import { createHash } from 'node:crypto';
import {
  copyFileSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CriError } from '../errors.ts';
import type { CatalogueFile } from './catalogue.ts';
import type { ImageEntry } from './image-catalogue.ts';

/** An image made ready for containers. */
export interface PreparedImage extends ImageEntry {
  /** Folder with the image's files below /usr, laid over the machine’s; `undefined` when it has none. */
  readonly usrLayer: string | undefined;
  /** Everything else, by path in the image. */
  readonly otherFiles: readonly (readonly [path: string, file: CatalogueFile])[];
}

/** Paths such as /bin/sh are below /usr where the machine’s /bin is a link to usr/bin. */
export function usrPath(path: string): string {
  const [, top = '', ...rest] = path.split('/');
  if (!/^(s?bin|lib(32|64|x32)?)$/.test(top)) return path;
  return mergedUsr(top) === undefined ? path : ['/usr', top, ...rest].join('/');
}

/** Target of the machine’s /bin, /sbin, /lib… when it is a link into usr; `undefined` when it is a folder or is not there. */
export function mergedUsr(top: string): string | undefined {
  const stat = lstatSync(`/${top}`, { throwIfNoEntry: false });
  return stat?.isSymbolicLink() === true ? readlinkSync(`/${top}`) : undefined;
}

/** Makes the image’s layer below `root` unless it is there. The folder’s name tells its content, so a rebuilt program gives a new one. */
export function prepareImage(entry: ImageEntry, root: string): PreparedImage {
  const files = Object.entries(entry.image.files).map(([path, file]) => [usrPath(path), file] as const);
  const below = files.filter(([path]) => path.startsWith('/usr/'));
  const otherFiles = files.filter(([path]) => !path.startsWith('/usr/'));
  if (below.length === 0) return { ...entry, usrLayer: undefined, otherFiles };
  const key = createHash('sha256');
  for (const [path, file] of below) {
    key.update(JSON.stringify([path, file, 'source' in file ? sourceStamp(entry, path, file.source) : '']));
  }
  const usrLayer = join(root, key.digest('hex').slice(0, 24));
  if (!existsSync(usrLayer)) {
    const making = `${usrLayer}.${String(process.pid)}`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true, mode: 0o755 });
    for (const [path, file] of below) writeLayerFile(join(making, path.slice('/usr/'.length)), file);
    renameSync(making, usrLayer);
  }
  return { ...entry, usrLayer, otherFiles };
}

function sourceStamp(entry: ImageEntry, path: string, source: string): string {
  const stat = statSync(source, { throwIfNoEntry: false });
  const where = `preparing image ${entry.reference}: ${path} comes from ${source}`;
  if (stat === undefined)
    throw new CriError('FAILED_PRECONDITION', `${where}, which does not exist`, {
      hint: 'build the tool or mend the catalogue',
    });
  if (!stat.isFile())
    throw new CriError('FAILED_PRECONDITION', `${where}, which is not a file`, {
      hint: 'below /usr name each file by itself',
    });
  return `${String(stat.size)} ${String(stat.mtimeMs)} ${String(stat.ino)}`;
}

function writeLayerFile(path: string, file: CatalogueFile): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  if ('link' in file) symlinkSync(file.link, path);
  else if ('folder' in file) mkdirSync(path, { recursive: true, mode: file.mode });
  else if ('text' in file) writeFileSync(path, file.text, { mode: file.mode });
  else linkOrCopy(file.source, path);
}

/** A hard link costs nothing, but keeps the source’s mode: a file that not every user of a container could read is copied. */
function linkOrCopy(source: string, path: string): void {
  const { mode } = statSync(source);
  const wanted = mode & 0o111 ? 0o755 : 0o644;
  if ((mode & wanted) === wanted) {
    try {
      linkSync(source, path);
      return;
    } catch {
      // another file system, or links to other users' files are forbidden
    }
  }
  copyFileSync(source, path, constants.COPYFILE_FICLONE);
  chmodSync(path, wanted);
}
