import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const manifest = join(import.meta.dirname, '../../../base/acme-controller/deployment.yaml');
const Command = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.tuple([z.object({ command: z.array(z.string()) })]) }) }),
  }),
});

/** What Node.js is told in the controller's Deployment, so that a controller outside of one has the same heap. */
export async function controllerFlags(): Promise<readonly string[]> {
  const { spec } = Command.parse(parse(await readFile(manifest, 'utf8')));
  return spec.template.spec.containers[0].command.filter((word) => word.startsWith('--'));
}
