import { readRepository } from '@gatefleet/kustomize';
import {
  githubReport,
  humanReport,
  jsonReport,
  lint,
  markdownReport,
  rules as allRules,
  sarifReport,
  type LintReport,
} from '@gatefleet/lint';
import { ensureTools } from '@gatefleet/toolchain';
import type { LintFormat } from '../output/lint-formats.ts';
import type { Progress } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { table } from '../output/table.ts';

export interface LintCommandOptions {
  /** The repository's root. */
  readonly root: string;
  /** Names of environments, or folders of kustomizations; everything when empty. */
  readonly environments: readonly string[];
  /** Ids of rules; all when empty. */
  readonly rules: readonly string[];
  /** Git revision: what changed since is checked too. */
  readonly since?: string | undefined;
  readonly format: LintFormat;
  readonly colour: boolean;
  readonly progress: Pick<Progress, 'step'>;
  readonly signal: AbortSignal;
}

/**
 * Checks what the repository deploys.
 *
 * @throws KustomizeError, OverlayError, ToolchainError
 */
export async function lintCommand(options: LintCommandOptions): Promise<CommandResult<LintReport | undefined>> {
  const { root, environments, since, format, colour, progress, signal } = options;
  const unknown = options.rules.filter((id) => !allRules.some((rule) => rule.id === id));
  if (unknown.length > 0) {
    return misuse(`no rule ${unknown.join(', ')}; gatefleet lint --list-rules shows them`);
  }
  if (since !== undefined && environments.length > 0) {
    return misuse('--since looks at everything: leave the names out');
  }
  const folders = await foldersOf(root, environments, signal);
  if (folders.kind === 'unknown') {
    return misuse(`no kustomization is named ${folders.names.join(', ')}; there are ${folders.known.join(', ')}`);
  }
  const { kustomize } = await ensureTools(['kustomize'], { signal });
  const report = await progress.step('rendering', (say) =>
    lint({
      root,
      since,
      scope: environments.length === 0 ? { kind: 'all' } : { kind: 'kustomizations', folders: folders.folders },
      rules: options.rules.length === 0 ? allRules : allRules.filter(({ id }) => options.rules.includes(id)),
      kustomize: kustomize.path,
      signal,
      onBuilt: (done, of) => say(`${done} of ${of}`),
    }),
  );
  return {
    value: report,
    text: textOf(report, format, colour),
    exitCode: report.findings.some(({ severity }) => severity === 'error') ? 1 : 0,
  };
}

/** Every rule, as a table. */
export function listRules(): CommandResult<readonly { readonly id: string; readonly summary: string }[]> {
  const rows = allRules.map(({ id, group, severity, summary }) => ({ id, group, severity, summary }));
  const text = table(
    ['RULE', 'GROUP', 'SEVERITY', 'FINDS'],
    rows.map(({ id, group, severity, summary }) => [id, group, severity, summary]),
  );
  return { value: rows, text, exitCode: 0 };
}

function textOf(report: LintReport, format: LintFormat, colour: boolean): string {
  switch (format) {
    case 'human':
      return humanReport(report, { colour });
    case 'json':
      return jsonReport(report);
    case 'sarif':
      return sarifReport(report);
    case 'github':
      return githubReport(report);
    case 'markdown':
      return markdownReport(report);
  }
}

function misuse(text: string): CommandResult<undefined> {
  return { value: undefined, text: `${text}\n`, exitCode: 2 };
}

type Folders =
  | { readonly kind: 'known'; readonly folders: readonly string[] }
  | { readonly kind: 'unknown'; readonly names: readonly string[]; readonly known: readonly string[] };

/** An environment is named by the last step of its folders. */
async function foldersOf(root: string, names: readonly string[], signal: AbortSignal): Promise<Folders> {
  if (names.length === 0) return { kind: 'known', folders: [] };
  const known = [...(await readRepository(root, { signal })).kustomizations.keys()];
  const isNamed = (folder: string, name: string) => folder === name || folder.endsWith(`/${name}`);
  const unknown = names.filter((name) => !known.some((folder) => isNamed(folder, name)));
  if (unknown.length > 0) return { kind: 'unknown', names: unknown, known };
  return { kind: 'known', folders: known.filter((folder) => names.some((name) => isNamed(folder, name))) };
}
