import type { FoldedDiff } from './fold.ts';
import { linesOf, type DiffLine } from './render-text.ts';

/** A kustomization that could not be compared. */
export interface FailedBuild {
  readonly leaf: string;
  /** `before`: at the revision; `after`: in the work tree. */
  readonly side: 'before' | 'after';
  readonly message: string;
}

/** What a change does to everything that is deployed. */
export interface DiffReport {
  /** What it is compared with: a revision, as given. */
  readonly since: string;
  /** Folders of all kustomizations that were compared. */
  readonly leaves: readonly string[];
  readonly failed: readonly FailedBuild[];
  readonly changes: readonly FoldedDiff[];
}

const escape = '\u001b[';
const colours = { '+': `${escape}32m`, '-': `${escape}31m`, '~': `${escape}33m`, ' ': '' } as const;

/** For a terminal or a log. */
export function humanDiff(report: DiffReport, { colour }: { readonly colour: boolean }): string {
  const { since, leaves, changes } = report;
  const failed = failures(report).map((line) => `${line}\n`);
  if (changes.length === 0) {
    return `${failed.join('')}nothing changes since ${since} (${leaves.length - failed.length} compared)\n`;
  }
  const paint = ({ sign, indent, text }: DiffLine) => {
    const line = `${'  '.repeat(indent)}${sign} ${text}`.trimEnd();
    return colour && sign !== ' ' ? `${colours[sign]}${line}${escape}0m` : line;
  };
  const blocks = changes.map((group) => [group.leaves.join(', '), ...linesOf(group).map(paint), ''].join('\n'));
  return `${blocks.join('\n')}\n${failed.join('')}${summary(report)}\n`;
}

/** Longest comment that GitHub takes is 65,536 characters; lint and plan stand in the same one. */
const longestMarkdown = 30_000;

/** For a comment on a pull request: folded away per group, cut at {@link longestMarkdown} characters. */
export function markdownDiff(report: DiffReport): string {
  const { since, changes } = report;
  const failed = failures(report).map((line) => `- ${line}\n`);
  if (changes.length === 0) return `**Diff** against \`${since}\`: nothing changes.\n${failed.join('')}`;
  const blocks = changes.map((group) => {
    const lines = linesOf(group).map(
      ({ sign, indent, text }) => `${sign === '~' ? '!' : sign} ${'  '.repeat(indent - 1)}${text}`,
    );
    const fence = fenceFor(lines);
    const title = `${group.leaves.map((leaf) => `<code>${leaf}</code>`).join(', ')}: ${count(group.changes.length, 'object')}`;
    return ['<details><summary>' + title + '</summary>', '', `${fence}diff`, ...lines, fence, '</details>', ''].join(
      '\n',
    );
  });
  const fitting: string[] = [];
  let length = 0;
  for (const block of blocks) {
    length += block.length;
    if (length > longestMarkdown) break;
    fitting.push(block);
  }
  const cut = blocks.length - fitting.length;
  const rest =
    cut === 0 ? '' : `\n${count(cut, 'more group')} would not fit: run \`gatefleet diff --since ${since}\`.\n`;
  return `**Diff** against \`${since}\`: ${summary(report)}.\n${failed.join('')}\n${fitting.join('\n')}${rest}`;
}

/** Longer than any run of backticks inside, so that a value cannot end the block. */
function fenceFor(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  return '`'.repeat(longest + 1);
}

function failures({ failed, since }: DiffReport): readonly string[] {
  return failed.map(
    ({ leaf, side, message }) => `${leaf} is not compared: ${side === 'before' ? `at ${since}, ` : ''}${message}`,
  );
}

function summary({ leaves, changes }: DiffReport): string {
  const touched = new Set(changes.flatMap((group) => group.leaves)).size;
  return `${touched} of ${count(leaves.length, 'kustomization')} ${touched === 1 ? 'changes' : 'change'}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
