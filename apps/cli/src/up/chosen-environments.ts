import type { Environment } from '@gatefleet/environment';
import { readEnvironments } from '../environments.ts';
import { CliError } from '../errors.ts';
import { workspace } from '../workspace.ts';

/** The environments of these names. @throws {@link CliError} `ENVIRONMENT_UNKNOWN`, `ENVIRONMENT_INVALID` */
export async function chosenEnvironments(names: readonly string[]): Promise<readonly Environment[]> {
  const all = await readEnvironments(workspace.root);
  return names.map((name) => {
    const environment = all.get(name);
    if (environment !== undefined) return environment;
    throw new CliError('ENVIRONMENT_UNKNOWN', `looking for environment ${name}: there is no overlays/${name}`, {
      hint: `there are ${[...all.keys()].join(', ') || 'none'}`,
    });
  });
}
