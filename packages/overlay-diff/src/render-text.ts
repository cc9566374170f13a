import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import type { FieldChange } from './field-changes.ts';
import type { FoldedDiff } from './fold.ts';
import type { ObjectChange } from './object-changes.ts';

/** One line of a diff for people; `sign` tells what colour it may have. */
export interface DiffLine {
  readonly sign: '+' | '-' | '~' | ' ';
  readonly indent: number;
  readonly text: string;
}

const longestOnOneLine = 60;

/** Lines about one group's objects: each object, its fields below it. */
export function linesOf({ changes }: FoldedDiff): readonly DiffLine[] {
  return changes.flatMap((change) => [
    { sign: signs[change.kind], indent: 1, text: `${change.object}${remark(change)}` },
    ...change.fields.flatMap(fieldLines),
  ]);
}

const signs = { added: '+', removed: '-', changed: '~' } as const;

const workloads = /^(Deployment|DaemonSet|StatefulSet) /;

function remark({ object, renamedFrom, fields }: ObjectChange): string {
  const remarks = [
    ...(renamedFrom === undefined ? [] : [`was ${renamedFrom.split(' ')[1] ?? renamedFrom}`]),
    ...(workloads.test(object) && fields.some(({ path }) => path.startsWith('spec.template.'))
      ? ['its Pods are replaced']
      : []),
  ];
  return remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
}

function fieldLines(change: FieldChange): readonly DiffLine[] {
  const { path, reordered } = change;
  const line = (sign: DiffLine['sign'], text: string, indent = 3): DiffLine => ({ sign, indent, text });
  if (reordered === true) return [line('~', `${path}: the same items in another order`)];
  const [before, after] = [shown(change, 'before'), shown(change, 'after')];
  if (before !== undefined && after !== undefined) {
    if (isShort(before) && isShort(after)) return [line('~', `${path}: ${before} → ${after}`)];
    return [line('~', path), ...hunkLines(before, after).map(({ sign, text }) => line(sign, text, 4))];
  }
  const [sign, value] = after === undefined ? (['-', before ?? ''] as const) : (['+', after] as const);
  if (isShort(value)) return [line(sign, `${path}: ${value}`)];
  return [line(sign, path), ...value.split('\n').map((text) => line(sign, text, 4))];
}

function shown(change: FieldChange, side: 'before' | 'after'): string | undefined {
  if (!Object.hasOwn(change, side)) return undefined;
  const value = change[side];
  if (typeof value === 'string')
    return value.includes('\n') ? value.replace(/\n$/, '') : JSON.stringify(value).slice(1, -1);
  return stringify(value, { lineWidth: 0 }).replace(/\n$/, '');
}

function isShort(text: string): boolean {
  return text.length <= longestOnOneLine && !text.includes('\n');
}

function hunkLines(
  before: string,
  after: string,
): readonly { readonly sign: DiffLine['sign']; readonly text: string }[] {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 1 });
  return hunks
    .flatMap(({ lines }) => lines)
    .filter((text) => !text.startsWith('\\'))
    .map((text) => ({ sign: text.startsWith('+') ? '+' : text.startsWith('-') ? '-' : ' ', text: text.slice(1) }));
}
