import type { z } from 'zod';
import { expectation, schemaAt, type JsonSchema } from './json-schema.ts';
import { formatPath, type Violation } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What the schema found, in the words of the format rather than of the validator. */
export function violationsOf(issue: Issue, valueAt: (path: readonly PropertyKey[]) => unknown): readonly Violation[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([...issue.path, key]));
  const branch = issue.code === 'invalid_union' ? issue.errors.find(isMeant) : undefined;
  if (branch !== undefined) {
    return branch.flatMap((inner) => violationsOf({ ...inner, path: [...issue.path, ...inner.path] }, valueAt));
  }
  // A record's bad key carries the issue of the key; the place to mend is that key.
  const node = schemaAt(issue.path) ?? {};
  const field = formatPath(issue.path);
  if (issue.code === 'invalid_key') {
    return [
      { path: issue.path, atKey: true, message: `${field} is no valid name`, remedy: 'Correct the name or remove it.' },
    ];
  }
  if (issue.path.length === 0) {
    return [
      {
        path: [],
        message: 'the file must hold a mapping',
        remedy: 'Start it with apiVersion: gatefleet.dev/v1alpha1.',
      },
    ];
  }
  if (valueAt(issue.path) === undefined) {
    return [
      {
        path: issue.path,
        message: `${field} is missing`,
        remedy: `Add ${field}: ${expectation(node)}. ${node.description ?? ''}`.trim(),
      },
    ];
  }
  if (issue.path.length === 1 && issue.path[0] === 'apiVersion') return [otherVersion(valueAt(issue.path))];
  if (issue.code === 'too_small' && issue.origin === 'array') {
    return [
      {
        path: issue.path,
        message: `${field} must not be empty`,
        remedy: `Add at least one item: ${expectation(node.items ?? {})}.`,
      },
    ];
  }
  return [
    {
      path: issue.path,
      message: `${field} must be ${expectation(node)}`,
      remedy: `Write ${expectation(node)}${orDefault(node)}.`,
    },
  ];
}

/** Whether a choice fits the value's outer shape, so that its complaints are about what is inside. */
function isMeant(issues: readonly Issue[]): boolean {
  return issues.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys');
}

/** A file of another version is not a slip of the pen: it belongs to another release. */
function otherVersion(found: unknown): Violation {
  const isOurs = typeof found === 'string' && found.startsWith('gatefleet.dev/');
  return {
    path: ['apiVersion'],
    message: isOurs
      ? `apiVersion ${found} is not one that this release reads`
      : 'apiVersion must be gatefleet.dev/v1alpha1',
    remedy: isOurs
      ? 'A later release wrote this file: use that one. If the version is a slip, write gatefleet.dev/v1alpha1.'
      : 'Write gatefleet.dev/v1alpha1.',
  };
}

function orDefault(node: JsonSchema): string {
  return node.default === undefined || typeof node.default === 'object'
    ? ''
    : `, or leave it out for ${JSON.stringify(node.default).replaceAll('"', '')}`;
}

function unknownField(path: readonly PropertyKey[]): Violation {
  const parent = schemaAt(path.slice(0, -1));
  const known = [parent ?? {}, ...(parent?.anyOf ?? [])].flatMap((node) => Object.keys(node.properties ?? {}));
  const name = String(path.at(-1));
  const meant = known.find((candidate) => distance(name.toLowerCase(), candidate.toLowerCase()) <= 2);
  return {
    path,
    atKey: true,
    message: `${formatPath(path)} is not a field`,
    remedy: meant === undefined ? `Remove it; the fields here are ${known.join(', ')}.` : `Did you mean ${meant}?`,
  };
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
