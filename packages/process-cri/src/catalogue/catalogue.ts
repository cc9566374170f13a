import { z } from 'zod';

const id = z.int().min(0).max(0xfffffffe);
const imagePath = z.string().regex(/^\/[^\0]+[^/]$/, 'use an absolute path without a final slash');
const mode = z.int().min(0).max(0o7777);

const File = z.union([
  z.strictObject({
    source: z
      .string()
      .startsWith('/', 'use an absolute path')
      .describe('File of this machine that stands at this path, read-only. Outside /usr also a folder.'),
  }),
  z.strictObject({ link: z.string().min(1).describe('Target of a symbolic link at this path.') }),
  z.strictObject({
    text: z.string().describe('Content of the file.'),
    mode: mode.default(0o644),
    uid: id.default(0),
    gid: id.default(0),
  }),
  z.strictObject({
    folder: z.literal(true).describe('An empty folder of the container’s own.'),
    mode: mode.default(0o755),
    uid: id.default(0),
    gid: id.default(0),
  }),
]);

/** What stands in for one image: files at the image's own paths and what its config would say. */
export const CatalogueImage = z.strictObject({
  files: z.record(imagePath, File).default({}),
  entrypoint: z.array(z.string()).default([]),
  cmd: z.array(z.string()).default([]),
  env: z.record(z.string().min(1), z.string()).default({}),
  workingDir: z.string().startsWith('/').optional(),
  user: z
    .strictObject({
      uid: id,
      gid: id.default(0),
      name: z
        .string()
        .regex(/^[a-z_][a-z0-9_-]*$/)
        .optional(),
      home: z.string().startsWith('/').optional(),
    })
    .optional()
    .describe('Who the image runs as when the Pod does not say; root when left out.'),
});
export type CatalogueImage = z.infer<typeof CatalogueImage>;
export type CatalogueFile = z.infer<typeof File>;

/** All images of a node, by reference as Pods write it. References are compared in Docker's normal form. */
export const Catalogue = z.strictObject({ images: z.record(z.string().min(1), CatalogueImage) });
export type Catalogue = z.infer<typeof Catalogue>;
/** The same, as it is written: with the defaults left out. */
export type CatalogueInput = z.input<typeof Catalogue>;
