import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SupplyChainError } from '../errors.ts';
import type { Architecture } from './platform.ts';

/** What a runtime is told, as the OCI image specification names it. */
export interface RunConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface PlatformImage {
  readonly architecture: Architecture;
  /** From the bottom up, each with a line for the image's history. */
  readonly layers: readonly { readonly tar: Buffer; readonly made: string }[];
  readonly config: RunConfig;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const oci = (kind: string) => `application/vnd.oci.image.${kind}`;

/**
 * Writes an OCI image layout with one image, which is an index of one manifest a platform. A layout that is in the folder goes.
 * @param options.created - seconds since 1970
 * @returns the digest of the index: what the image is pinned by
 * @throws {@link SupplyChainError} `FOLDER_IN_USE`
 */
export async function writeLayout(
  folder: string,
  images: readonly PlatformImage[],
  options: { readonly created: number; readonly version: string },
): Promise<string> {
  const blobs = join(folder, 'blobs', 'sha256');
  await makeRoom(folder);
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, content: Buffer): Promise<Descriptor> => {
    const hash = sha256(content);
    await writeFile(join(blobs, hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const putJson = (mediaType: string, value: object) => put(mediaType, Buffer.from(JSON.stringify(value)));

  const created = new Date(options.created * 1_000).toISOString();
  const manifests = [];
  for (const { architecture, layers, config } of images) {
    const described = await putJson(oci('config.v1+json'), {
      created,
      architecture,
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => `sha256:${sha256(tar)}`) },
      history: layers.map(({ made }) => ({ created, created_by: made })),
    });
    const packed = [];
    for (const { tar } of layers) packed.push(await put(oci('layer.v1.tar+gzip'), gzipped(tar)));
    const mediaType = oci('manifest.v1+json');
    const manifest = { schemaVersion: 2, mediaType, config: described, layers: packed, annotations: config.Labels };
    manifests.push({ ...(await putJson(mediaType, manifest)), platform: { architecture, os: 'linux' } });
  }
  const mediaType = oci('index.v1+json');
  const index = await putJson(mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests,
    annotations: images[0]?.config.Labels ?? {},
  });
  const named = { ...index, annotations: { 'org.opencontainers.image.ref.name': options.version } };
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType, manifests: [named] }));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return index.digest;
}

/** @throws {@link SupplyChainError} `FOLDER_IN_USE` for what is no layout: it would be lost */
async function makeRoom(folder: string): Promise<void> {
  const there: readonly string[] = await readdir(folder).catch(() => []);
  if (there.length > 0 && !there.includes('oci-layout')) {
    throw new SupplyChainError('FOLDER_IN_USE', `writing an image layout to ${folder}: other files are there`, {
      hint: 'name a folder that is new, empty, or an image layout, which is replaced',
    });
  }
  await rm(folder, { recursive: true, force: true });
}

/** Node writes no time into the header, but the kind of system. */
function gzipped(tar: Buffer): Buffer {
  const packed = gzipSync(tar);
  packed[9] = 255;
  return packed;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
