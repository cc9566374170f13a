import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnvironment, renderProblems, type Environment, type Problem } from '@gatefleet/environment';
import {
  applyChanges,
  changesOf,
  planEnvironment,
  readBase,
  readComponentProblems,
  readFacts,
  readVersionProblems,
  unifiedDiff,
  type Base,
  type Change,
} from '@gatefleet/overlay';
import { environmentNames } from '../environments.ts';
import type { CommandResult } from '../output/result.ts';

export interface GenerateOptions {
  /** The repository's root. */
  readonly root: string;
  /** Names of environments; all when empty. */
  readonly environments?: readonly string[];
  /** Write nothing; whatever is not as generated is a finding. */
  readonly check?: boolean;
  /** Write nothing; show what would change. */
  readonly diff?: boolean;
}

export interface Generated {
  readonly environments: readonly string[];
  readonly problems: readonly Problem[];
  readonly changes: readonly { readonly kind: Change['kind']; readonly path: string; readonly diff?: string }[];
  /** Whether the changes were made. */
  readonly written: boolean;
}

/**
 * Makes each environment's overlay and Argo CD Application from its environment.yaml. One mistake in any of them, and
 * nothing is written for all.
 *
 * @throws OverlayError
 */
export async function generateCommand({
  root,
  environments = [],
  check = false,
  diff = false,
}: GenerateOptions): Promise<CommandResult<Generated>> {
  const known = await environmentNames(root);
  const unknown = environments.filter((name) => !known.includes(name));
  const names = environments.length === 0 ? known : [...new Set(environments)];
  const nothing: Generated = { environments: names, problems: [], changes: [], written: false };
  if (unknown.length > 0) {
    const text = `no environment ${unknown.join(', ')}; there are ${known.join(', ') || 'none'} in overlays/\n`;
    return { value: { ...nothing, environments: [] }, text, exitCode: 2 };
  }

  const base = await readBase(join(root, 'base'));
  const read = await Promise.all(names.map((name) => readEnvironment(root, name, base)));
  const problems = read.flatMap((each) => each.problems);
  if (problems.length > 0) {
    const text = `${renderProblems(problems)}\n${count(problems.length, 'mistake')}; nothing was written\n`;
    return { value: { ...nothing, problems }, text, exitCode: 1 };
  }

  const valid = read.flatMap(({ environment }) => environment ?? []);
  const changes = await plannedChanges(root, valid, base);
  const written = !check && !diff && changes.length > 0;
  if (written) await applyChanges(changes, root);
  const shown = changes.map((change) => ({
    kind: change.kind,
    path: change.path,
    ...(diff && { diff: unifiedDiff(change) }),
  }));
  return {
    value: { ...nothing, changes: shown, written },
    text: diff ? changes.map(unifiedDiff).join('') : summary(changes, names.length, written),
    exitCode: check && changes.length > 0 ? 1 : 0,
  };
}

async function plannedChanges(
  root: string,
  environments: readonly Environment[],
  base: Base,
): Promise<readonly Change[]> {
  const changes = await Promise.all(
    environments.map(async (environment) => {
      const facts = await readFacts(root, environment);
      return changesOf(planEnvironment(environment, base, facts), root);
    }),
  );
  return changes.flat();
}

interface ReadEnvironment {
  /** Undefined where environment.yaml has a mistake. */
  readonly environment: Environment | undefined;
  readonly problems: readonly Problem[];
}

/** An environment, with what is wrong in its own files and in what they name. */
async function readEnvironment(root: string, name: string, base: Base): Promise<ReadEnvironment> {
  const file = `overlays/${name}/environment.yaml`;
  const text = await readFile(join(root, file), 'utf8');
  const parsed = parseEnvironment(text, file);
  const version = await readVersionProblems(root, name, base);
  if (parsed.kind === 'invalid') return { environment: undefined, problems: [...parsed.errors, ...version] };
  const { environment } = parsed;
  return { environment, problems: [...(await readComponentProblems(root, environment, text)), ...version] };
}

function summary(changes: readonly Change[], environments: number, written: boolean): string {
  if (changes.length === 0) return `${count(environments, 'environment')}, all as generated\n`;
  const lines = changes.map(({ kind, path }) => `${kind} ${path}\n`);
  return `${lines.join('')}${count(changes.length, 'file')} ${written ? 'written' : 'would change'}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
