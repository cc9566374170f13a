import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogueOf, type Layout } from '@gatefleet/local-cluster';
import { CliError } from '../errors.ts';
import { runProgram } from '../run-program.ts';
import { workspace } from '../workspace.ts';
import type { Parts } from './tools.ts';

/** Bundles the controller and writes the catalogue that names every image. */
export async function writeCatalogue(parts: Parts, layout: Layout, signal: AbortSignal): Promise<string> {
  const controllerBundle = join(layout.images, 'acme-controller', 'main.js');
  await runProgram(process.execPath, [join(workspace.root, 'apps/acme-controller/build.mjs'), controllerBundle], {
    signal,
  });
  const catalogue = await catalogueOf({
    program: (name) => {
      const path = parts.programs[name];
      if (path === undefined)
        throw new CliError('PROGRAM_MISSING', `writing the catalogue of images: there is no program ${name}`);
      return path;
    },
    argocdScripts: parts.argocdScripts,
    controllerBundle,
    authority: layout.authority,
  });
  const file = join(layout.root, 'catalogue.json');
  await writeFile(file, JSON.stringify(catalogue, undefined, 2));
  return file;
}
