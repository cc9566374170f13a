import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { runProgram } from '../run-program.ts';
import { controllerConfig, controllerEntries, systemEntries, type Release } from './controller-image.ts';
import { debianEntries } from './debian.ts';
import { DebianLock } from './debian-lock.ts';
import type { ImageContent } from './image-content.ts';
import { inTemporaryFolder } from '../in-temporary-folder.ts';
import { writeLayout, type PlatformImage } from './layout.ts';
import { lockedNode, nodeEntries, type PackageLock } from './node-entries.ts';
import { architectures } from './platform.ts';
import { tarOf } from './tar.ts';

export interface Sources {
  /** The repository. */
  readonly root: string;
  /** Where what images are made of is kept. */
  readonly cache: string;
}

/**
 * Writes the controller's image as an OCI image layout.
 * @returns what is in it
 * @throws {@link SupplyChainError}
 */
export async function buildImage(folder: string, { root, cache }: Sources, release: Release): Promise<ImageContent> {
  const debian = await readDebianLock(root);
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
  const { bundle, modules } = await bundled(root);
  const images: PlatformImage[] = [];
  for (const architecture of architectures) {
    const { version } = lockedNode(lock, architecture);
    const system = [...systemEntries(debian), ...(await debianEntries(debian, architecture, cache))];
    images.push({
      architecture,
      config: controllerConfig(release),
      layers: [
        // Of no age, so that releases share them.
        { tar: tarOf(system, 0), made: `Debian ${debian.release}: ${Object.keys(debian.packages).join(' ')}` },
        { tar: tarOf(await nodeEntries(lock, architecture, cache), 0), made: `Node ${version}` },
        { tar: tarOf(controllerEntries(bundle), release.created), made: `acme-controller ${release.version}` },
      ],
    });
  }
  return { digest: await writeLayout(folder, images, release), release, modules, debian, lock };
}

/** @throws ZodError for a lock that is none */
export async function readDebianLock(root: string): Promise<DebianLock> {
  return DebianLock.parse(JSON.parse(await readFile(join(root, 'tools/supply-chain/debian-lock.json'), 'utf8')));
}

/** The controller as one file, and the files that it is made of, relative to the repository. */
async function bundled(root: string): Promise<{ bundle: Buffer; modules: string[] }> {
  const application = join(root, 'apps/acme-controller');
  return inTemporaryFolder(async (folder) => {
    const out = join(folder, 'main.js');
    const inputs = await runProgram(process.execPath, [join(application, 'build.mjs'), out]);
    const modules = inputs
      .trim()
      .split('\n')
      .map((path) => relative(root, join(application, path)));
    return { bundle: await readFile(out), modules };
  });
}
