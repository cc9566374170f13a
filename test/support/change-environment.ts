import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Story } from './story.ts';

/** Edits an environment.yaml, generates from it, commits all of it and pushes it, as a user would. */
export async function changeEnvironment(
  story: Pick<Story, 'clone' | 'fleet'>,
  edit: (text: string) => string,
): Promise<void> {
  await commitEnvironment(story, 'local', edit);
  await story.fleet.git('push', '--quiet', 'local', 'main');
}

/** The same without the push, for an environment of that name. */
export async function commitEnvironment(
  { clone, fleet }: Pick<Story, 'clone' | 'fleet'>,
  name: string,
  edit: (text: string) => string,
): Promise<void> {
  const file = join(clone, `overlays/${name}/environment.yaml`);
  const before = await readFile(file, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`the edit changes nothing of ${file}`);
  await writeFile(file, after);
  const { code, stdout, stderr } = await fleet.gatefleet('generate', name);
  if (code !== 0) throw new Error(`generate ended with ${String(code)}\n${stdout}\n${stderr}`);
  await fleet.git('add', '--all');
  await fleet.git('commit', '--quiet', '--message', `Change the ${name} environment`);
}
