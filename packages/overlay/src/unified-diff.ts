import type { Change } from './changes.ts';

const contextLines = 3;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The change as `diff -u` and git show it. */
export function unifiedDiff({ kind, path, before, after }: Change): string {
  const lines = compare(linesOf(before), linesOf(after));
  const head = [
    `--- ${kind === 'create' ? '/dev/null' : `a/${path}`}`,
    `+++ ${kind === 'remove' ? '/dev/null' : `b/${path}`}`,
  ];
  return `${[...head, ...hunks(lines)].join('\n')}\n`;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Longest common subsequence: generated files are short. */
function compare(a: readonly string[], b: readonly string[]): readonly Line[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: a[i] ?? '' });
      i += 1;
    } else {
      lines.push({ sign: '+', text: b[j] ?? '' });
      j += 1;
    }
  }
  return lines;
}

function hunks(lines: readonly Line[]): readonly string[] {
  const near = (index: number) =>
    lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ sign }) => sign !== ' ');
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  let open: { readonly header: number; readonly oldStart: number; readonly newStart: number } | undefined;
  const close = () => {
    if (open === undefined) return;
    const range = (start: number, next: number) => `${next === start ? start - 1 : start},${next - start}`;
    out[open.header] = `@@ -${range(open.oldStart, oldLine)} +${range(open.newStart, newLine)} @@`;
    open = undefined;
  };
  lines.forEach(({ sign, text }, index) => {
    if (near(index)) {
      open ??= { header: out.push('') - 1, oldStart: oldLine, newStart: newLine };
      out.push(`${sign}${text}`);
    } else close();
    if (sign !== '+') oldLine += 1;
    if (sign !== '-') newLine += 1;
  });
  close();
  return out;
}
