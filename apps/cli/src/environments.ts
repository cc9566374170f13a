import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvironment, renderProblems, type Environment } from '@gatefleet/environment';
import { CliError } from './errors.ts';

/** Folders under overlays/ with an environment.yaml, sorted. */
export async function environmentNames(root: string): Promise<readonly string[]> {
  const files = await readdir(join(root, 'overlays'), { recursive: true }).catch(() => []);
  return files
    .map((path) => path.split('/'))
    .filter((steps) => steps.length === 2 && steps[1] === 'environment.yaml')
    .map(([name]) => name ?? '')
    .toSorted();
}

/** All environments of the work tree, by name. @throws {@link CliError} `ENVIRONMENT_INVALID` with every mistake. */
export async function readEnvironments(root: string): Promise<ReadonlyMap<string, Environment>> {
  const parsed = await Promise.all(
    (await environmentNames(root)).map(async (name) => {
      const file = `overlays/${name}/environment.yaml`;
      return parseEnvironment(await readFile(join(root, file), 'utf8'), file);
    }),
  );
  const errors = parsed.flatMap((each) => (each.kind === 'invalid' ? each.errors : []));
  if (errors.length > 0) {
    throw new CliError('ENVIRONMENT_INVALID', `reading the environments:\n${renderProblems(errors)}`, {
      hint: 'mend these, then repeat; `gatefleet lint` looks at everything',
    });
  }
  const environments = parsed.flatMap((each) => (each.kind === 'valid' ? each.environment : []));
  return new Map(environments.map((environment) => [environment.metadata.name, environment]));
}
