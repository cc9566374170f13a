import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Ran } from './shell.ts';
import type { Story } from './story.ts';

const pages = join(import.meta.dirname, '../../docs');

/** What a page tells its reader to run below a heading: a text for each block of commands. */
export async function commandsOf(page: string, heading: string): Promise<readonly string[]> {
  const sections = (await readFile(join(pages, page), 'utf8')).split(/^## /m);
  const section = sections.find((text) => text.startsWith(`${heading}\n`));
  const blocks = [...(section ?? '').matchAll(/^```\n(?<commands>.*?)^```$/gms)];
  if (blocks.length === 0) throw new Error(`docs/${page} has no commands below "${heading}"`);
  return blocks.map(({ groups }) => groups?.['commands'] ?? '');
}

/**
 * Runs them as who has pasted them into bash, in the clone: what fails does not keep the next from being run.
 *
 * @returns what they printed, and each command that failed
 */
export async function runCommands(
  { clone, fleet }: Story,
  commands: string,
): Promise<Ran & { readonly failed: readonly string[] }> {
  const programs = join(clone, '.gatefleet/runbook-programs');
  await mkdir(programs, { recursive: true });
  const start = { kubectl: `'${fleet.kubectlPath}'`, gatefleet: 'npm run --silent gatefleet --' };
  for (const [name, program] of Object.entries(start))
    await writeFile(join(programs, name), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
  const told = `set -E -o pipefail; trap 'printf "failed: %s\\n" "$BASH_COMMAND" >&2' ERR\n${commands}\ntrue`;
  const env = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, KUBECONFIG: fleet.kubeconfig };
  const ran = await run('bash', ['-c', told], { cwd: clone, env });
  const failed = [...ran.stderr.matchAll(/^failed: (?<command>.*)$/gm)].map(({ groups }) => groups?.['command'] ?? '');
  return { ...ran, failed };
}
