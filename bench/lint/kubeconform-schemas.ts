import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Node = string | readonly [string, ...unknown[]];
interface Table {
  readonly nodes: readonly Node[];
  readonly definitions: Readonly<Record<string, number>>;
  readonly kinds: Readonly<Record<string, number>>;
}
type JsonSchema = Readonly<Record<string, unknown>>;

const scalars: Readonly<Record<string, JsonSchema>> = {
  any: {},
  string: { type: ['string', 'null'] },
  integer: { type: ['integer', 'null'] },
  number: { type: ['number', 'null'] },
  boolean: { type: ['boolean', 'null'] },
  'int-or-string': { oneOf: [{ type: 'string' }, { type: 'integer' }] },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
};

/**
 * Writes the schemas that we check with ourselves as kubeconform reads them: a file for each kind, with the definitions that it needs,
 * named by its template `{{.ResourceKind}}{{.KindSuffix}}.json`; nothing but what is named is allowed, as its strict mode has it.
 */
export async function writeKubeconformSchemas(from: string, folder: string): Promise<void> {
  const table = JSON.parse(await readFile(from, 'utf8')) as Table;
  await mkdir(folder, { recursive: true });
  for (const [key, index] of Object.entries(table.kinds)) {
    const parts = key.toLowerCase().split('/');
    const kind = parts.pop() ?? '';
    const [group = '', version] = parts;
    const name = version === undefined ? `${kind}-${group}` : `${kind}-${group.replace(/\..*/, '')}-${version}`;
    await writeFile(join(folder, `${name}.json`), JSON.stringify(standalone(table, index)));
  }
}

function standalone(table: Table, index: number): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const schemaOf = (at: number): JsonSchema => {
    const node = table.nodes[at] ?? 'any';
    if (typeof node === 'string') return scalars[node] ?? {};
    const [type, first, second, third] = node;
    switch (type) {
      case 'list':
        return { type: ['array', 'null'], items: schemaOf(first as number) };
      case 'map':
        return { type: ['object', 'null'], additionalProperties: schemaOf(first as number) };
      case 'enum':
        return { enum: first };
      case 'ref': {
        const name = first as string;
        if (!Object.hasOwn(definitions, name)) {
          definitions[name] = {};
          definitions[name] = schemaOf(table.definitions[name] ?? 0);
        }
        return { $ref: `#/definitions/${name}` };
      }
      default: {
        const fields = Object.entries(first as Readonly<Record<string, number>>);
        const properties = Object.fromEntries(fields.map(([name, field]) => [name, schemaOf(field)]));
        const required = second as readonly string[];
        // Draft 4, which kubeconform reads, knows no empty list here.
        const must = required.length > 0 && { required };
        return { type: ['object', 'null'], properties, ...must, additionalProperties: third };
      }
    }
  };
  return { ...schemaOf(index), definitions };
}
