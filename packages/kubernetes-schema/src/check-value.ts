import type { SchemaNode, SchemaTable } from './schema-table.ts';
import type { SchemaViolation } from './violation.ts';

type Path = SchemaViolation['path'];

/** What of a value does not fit its schema. `null` stands for a field that is not there, as in Kubernetes. */
export function checkValue(table: SchemaTable, index: number, value: unknown, path: Path): readonly SchemaViolation[] {
  if (value === null || value === undefined) return [];
  const node = resolve(table, index);
  if (typeof node === 'string') return isOfType(node, value) ? [] : [wrongType(path, value, node)];
  switch (node[0]) {
    case 'list':
      if (!Array.isArray(value)) return [wrongType(path, value, 'list')];
      return (value as unknown[]).flatMap((item, at) => checkValue(table, node[1], item, [...path, at]));
    case 'map':
      if (!isMapping(value)) return [wrongType(path, value, 'mapping')];
      return Object.entries(value).flatMap(([key, item]) => checkValue(table, node[1], item, [...path, key]));
    case 'enum':
      if (value === '' || node[1].includes(value as string)) return [];
      return [
        {
          path,
          atKey: false,
          kind: 'bad-value',
          message: `${written(path)} is ${shown(value)}, which it cannot be`,
          remedy: `Write one of ${node[1].join(', ')}.`,
        },
      ];
    case 'object':
      return isMapping(value) ? checkObject(table, node, value, path) : [wrongType(path, value, 'mapping')];
    case 'ref':
      return [];
  }
}

function checkObject(
  table: SchemaTable,
  [, fields, required, isOpen]: Extract<SchemaNode, readonly ['object', ...unknown[]]>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
): readonly SchemaViolation[] {
  const found = Object.entries(value).flatMap(([key, item]) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field !== undefined) return checkValue(table, field, item, [...path, key]);
    return isOpen ? [] : [unknownField([...path, key], Object.keys(fields))];
  });
  const missing = required
    .filter((key) => value[key] === undefined || value[key] === null)
    .map((key): SchemaViolation => ({
      path: [...path, key],
      atKey: true,
      kind: 'missing-field',
      message: `${written([...path, key])} is missing`,
      remedy: `Add ${key}.`,
    }));
  return [...found, ...missing];
}

function resolve(table: SchemaTable, index: number): SchemaNode {
  let node = table.nodes[index] ?? 'any';
  while (typeof node !== 'string' && node[0] === 'ref') node = table.nodes[table.definitions[node[1]] ?? -1] ?? 'any';
  return node;
}

function isOfType(type: Extract<SchemaNode, string>, value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'quantity':
      return typeof value === 'number' || (typeof value === 'string' && quantity.test(value));
    case 'int-or-string':
      return typeof value === 'string' || typeof value === 'number';
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function unknownField(path: Path, known: readonly string[]): SchemaViolation {
  const name = String(path.at(-1));
  const meant = nearest(name, known);
  return {
    path,
    atKey: true,
    kind: 'unknown-field',
    message: `${written(path)} is not a field`,
    remedy: meant === undefined ? 'Remove it: the API server refuses it.' : `Did you mean ${meant}?`,
  };
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const quantity = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

const names = {
  'int-or-string': 'a number or text',
  quantity: 'a quantity such as 64Mi or 100m',
  integer: 'a whole number',
  string: 'text',
  boolean: 'true or false',
};

function wrongType(path: Path, value: unknown, wanted: string): SchemaViolation {
  const name = Object.hasOwn(names, wanted) ? names[wanted as keyof typeof names] : `a ${wanted}`;
  const quotes =
    wanted === 'string' && ['number', 'boolean'].includes(typeof value) ? `: "${String(value)}", with the quotes` : '';
  return {
    path,
    atKey: false,
    kind: 'wrong-type',
    message: `${written(path)} is ${shown(value)}, and must be ${name}`,
    remedy: `Write ${name}${quotes}.`,
  };
}

/** `spec.template.spec.containers[0].image` */
function written(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of the same letters in another case, or one that begins alike and differs in an end of at most three. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const lower = name.toLowerCase();
  const same = known.find((each) => each.toLowerCase() === lower);
  if (same !== undefined) return same;
  const bare = lower.replace(/e?s$/, '');
  return known.find(
    (each) => each.toLowerCase().replace(/e?s$/, '') === bare || isOneEditAway(lower, each.toLowerCase()),
  );
}

/** One letter more, fewer, other, or two swapped. */
function isOneEditAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (
    (left.length <= 1 && right.length <= 1) || (left.length === 2 && left === `${right[1] ?? ''}${right[0] ?? ''}`)
  );
}
