import {
  buildAll,
  formatObjectId,
  readRepository,
  readRevision,
  trace,
  type BuildResult,
  type Repository,
  type Trace,
} from '@gatefleet/kustomize';
import { authoredPosition } from './authored-position.ts';
import { byPlace, type Finding, type Reported, type WaivedFinding } from './finding.ts';
import { buildFailures } from './build-failures.ts';
import { buildInputs } from './build-inputs.ts';
import type { FleetInput } from './input/fleet-input.ts';
import { readEnvironments } from './input/lint-environment.ts';
import { stagedVersions } from './input/staged-versions.ts';
import { staleFiles } from './input/stale-files.ts';
import { invalidEnvironments, unreadableFiles } from './unreadable.ts';
import type { Rule } from './rule.ts';
import { rules as allRules } from './rules/index.ts';
import { applyWaivers } from './waivers.ts';

/** What is looked at: everything, some kustomizations with what they render to, or only what concerns all of them together. */
export type LintScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'kustomizations'; readonly folders: readonly string[] }
  | { readonly kind: 'fleet' };

export interface LintOptions {
  /** The repository's root, absolute. */
  readonly root: string;
  /** Path of the kustomize program. */
  readonly kustomize: string;
  readonly scope?: LintScope;
  /** A git revision: what changed since is checked too. */
  readonly since?: string | undefined;
  /** Default: every rule. */
  readonly rules?: readonly Rule[];
  /** What kustomize printed, by folder, where it was run before. */
  readonly rendered?: ReadonlyMap<string, string> | undefined;
  /** For waivers. Default: now. */
  readonly now?: Date;
  readonly signal?: AbortSignal | undefined;
  readonly onBuilt?: (done: number, of: number) => void;
}

export interface LintReport {
  /** By place. */
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  readonly checked: {
    readonly kustomizations: number;
    readonly builds: number;
    readonly environments: number;
    readonly objects: number;
    readonly rules: number;
  };
}

/**
 * Checks a repository of kustomizations, with or without environments of ours.
 *
 * @throws KustomizeError where the repository or the revision cannot be read, or the program is not there.
 */
export async function lint(options: LintOptions): Promise<LintReport> {
  const { root, since, scope = { kind: 'all' }, rules = allRules, now = new Date(), signal } = options;
  const repository = await readRepository(root, { signal });
  const { valid: environments, problems } = readEnvironments(repository);
  const chosen = foldersIn(scope, repository);
  const leaves = repository.leaves();
  const built = await buildAll(
    repository,
    scope.kind === 'kustomizations' ? leaves.filter((leaf) => chosen.includes(leaf)) : leaves,
    {
      kustomize: options.kustomize,
      rendered: options.rendered,
      signal,
      ...(options.onBuilt !== undefined && { onBuilt: options.onBuilt }),
    },
  );

  const found = new Findings();
  const fleet: FleetInput = {
    repository,
    builds: buildInputs(repository, built, environments),
    environments,
    stale: await staleFiles(repository, environments),
    stagedVersions: await stagedVersions(repository, environments, signal),
    now,
  };
  if (scope.kind !== 'fleet') {
    const files = new Set(chosen.flatMap((folder) => repository.closureOf(folder).files));
    found.addAll(unreadableFiles(repository, files));
    found.addAll(invalidEnvironments(problems.filter(({ file }) => scope.kind === 'all' || isIn(file, chosen))));
    checkKustomizations(found, rules, repository, chosen, built);
    for (const build of fleet.builds) {
      for (const rule of rules) if (rule.scope === 'build') found.add(rule, rule.check(build), build.name);
    }
  }
  found.addAll(buildFailures(repository, built, found.all()));
  if (scope.kind !== 'kustomizations') {
    for (const rule of rules) if (rule.scope === 'fleet') found.add(rule, rule.check(fleet));
    if (since !== undefined) await checkChange(found, fleet, since, rules, options);
  }

  const byFile = new Map(environments.map((environment) => [environment.file, environment]));
  const placed = found.all().map((finding) => ({
    ...finding,
    position: authoredPosition(finding.position, repository, byFile),
  }));
  const ids = new Set(
    scope.kind === 'all'
      ? rules.filter((rule) => rule.scope !== 'change' || since !== undefined).map(({ id }) => id)
      : [],
  );
  const { findings, waived } = applyWaivers(merged(placed), repository, ids, now);
  return {
    findings: findings.toSorted(byPlace),
    waived: waived.toSorted(byPlace),
    checked: {
      kustomizations: chosen.length,
      builds: fleet.builds.length,
      environments: environments.length,
      objects: fleet.builds.reduce((sum, { build }) => sum + build.objects.length, 0),
      rules: rules.length,
    },
  };
}

function foldersIn(scope: LintScope, repository: Repository): readonly string[] {
  switch (scope.kind) {
    case 'all':
      return [...repository.kustomizations.keys()];
    case 'kustomizations':
      return scope.folders;
    case 'fleet':
      return [];
  }
}

function isIn(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(`${folder}/`));
}

/** A kustomization is judged by everything deployed that reaches it, whether that is rendered this time or not. */
function checkKustomizations(
  found: Findings,
  rules: readonly Rule[],
  repository: Repository,
  folders: readonly string[],
  built: readonly BuildResult[],
): void {
  const traces = new Map(built.map((result) => [folderOf(result), traceOf(result)]));
  const reaching = new Map<string, Trace[]>();
  for (const leaf of repository.leaves()) {
    const reached = repository.closureOf(leaf).folders.filter((folder) => folders.includes(folder));
    if (reached.length === 0) continue;
    const followed = traces.get(leaf) ?? trace(repository, leaf);
    for (const folder of reached) reaching.set(folder, [...(reaching.get(folder) ?? []), followed]);
  }
  for (const folder of folders) {
    const kustomization = repository.kustomizations.get(folder);
    if (kustomization === undefined) continue;
    const input = { repository, kustomization, traces: reaching.get(folder) ?? [] };
    for (const rule of rules) if (rule.scope === 'kustomization') found.add(rule, rule.check(input));
  }
}

async function checkChange(
  found: Findings,
  after: FleetInput,
  revision: string,
  rules: readonly Rule[],
  { root, kustomize, signal }: LintOptions,
): Promise<void> {
  const { repository, close } = await readRevision(root, revision, { signal });
  try {
    const { valid: environments } = readEnvironments(repository);
    const built = await buildAll(repository, repository.leaves(), { kustomize, signal });
    const builds = buildInputs(repository, built, environments);
    const before: FleetInput = {
      repository,
      builds,
      environments,
      stale: [],
      stagedVersions: new Set(),
      now: after.now,
    };
    for (const rule of rules) if (rule.scope === 'change') found.add(rule, rule.check({ before, after, revision }));
  } finally {
    await close();
  }
}

function folderOf(result: BuildResult): string {
  return result.kind === 'built' ? result.build.folder : result.folder;
}

function traceOf(result: BuildResult): Trace {
  return result.kind === 'built' ? result.build.trace : result.trace;
}

class Findings {
  readonly #all: Finding[] = [];

  add(rule: Rule, reported: Iterable<Reported>, environment?: string): void {
    for (const {
      severity = rule.severity,
      environments = environment === undefined ? [] : [environment],
      ...rest
    } of reported) {
      this.#all.push({ ...rest, rule: rule.id, severity, environments });
    }
  }

  addAll(findings: Iterable<Finding>): void {
    this.#all.push(...findings);
  }

  all(): readonly Finding[] {
    return this.#all;
  }
}

/**
 * What is wrong in a base is wrong in every environment: it is told once, with all of them, in the words of the first. Environments may
 * give the object another namespace or prefix.
 */
function merged(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ rule, message, object, position: { file, line, column } }) =>
    JSON.stringify([
      rule,
      object === undefined ? message : message.replaceAll(formatObjectId(object), object.kind),
      file,
      line,
      column,
    ]),
  );
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return [{ ...first, environments: [...new Set(same.flatMap(({ environments }) => environments))].toSorted() }];
  });
}
