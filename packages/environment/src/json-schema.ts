import { z } from 'zod';
import { Environment } from './environment.ts';

/** The part of JSON Schema that the environment's schema uses. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** What editors load to complete and check environment.yaml: the input, where every default may be left out. */
export const environmentJsonSchema: JsonSchema = z.toJSONSchema(Environment, { io: 'input' }) as JsonSchema;

/** The schema of the field at `path`, or undefined where the format has no such field. */
export function schemaAt(
  path: readonly PropertyKey[],
  root: JsonSchema = environmentJsonSchema,
): JsonSchema | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return root;
  for (const node of [root, ...(root.anyOf ?? [])]) {
    const open = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
    const next = typeof step === 'number' ? node.items : (node.properties?.[String(step)] ?? open);
    if (next !== undefined) return schemaAt(rest, next);
  }
  return undefined;
}

/** What a field takes, in words that fit after "must be". */
export function expectation(node: JsonSchema): string {
  if (node.title !== undefined) return withArticle(node.title);
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum.map(String).join(' or ');
  if (node.anyOf !== undefined) return node.anyOf.map(expectation).join(' or ');
  switch (node.type) {
    case 'integer':
      return `a whole number from ${String(node.minimum)} to ${String(node.maximum)}`;
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'array':
      return `a list, each item ${expectation(node.items ?? {})}`;
    case 'object':
      return node.properties === undefined
        ? 'a mapping of names to text'
        : `a mapping of ${Object.keys(node.properties).join(', ')}`;
    default:
      return 'a value';
  }
}

function withArticle(noun: string): string {
  if (/^(CPU time|text)/.test(noun)) return noun;
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
