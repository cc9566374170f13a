import { environmentJsonSchema, expectation, type JsonSchema } from './json-schema.ts';

/** The reference page of environment.yaml: one table a section, one row a field, all from the schema. */
export function environmentReference(): string {
  return [
    '<!-- Generated from packages/environment by `npm run generate -w @gatefleet/environment`. Edit the schema instead. -->',
    '',
    '# environment.yaml',
    '',
    'One file an environment: `overlays/<environment>/environment.yaml`. `gatefleet generate` makes the rest of its overlay from it.',
    'A field without a default must be given. Editors complete and check the file when its first line is:',
    '',
    '```yaml',
    '# yaml-language-server: $schema=../../packages/environment/environment.schema.json',
    '```',
    '',
    ...sections('', environmentJsonSchema).flatMap(({ path, node }) => [
      `## ${path === '' ? 'The document' : `\`${path}\``}`,
      '',
      ...(node.description === undefined ? [] : [node.description, '']),
      ...table(rows(node)),
      '',
    ]),
  ].join('\n');
}

/** A mapping with fields of its own: the document, and each below it. */
function sections(path: string, node: JsonSchema): readonly { readonly path: string; readonly node: JsonSchema }[] {
  const below = [node, ...(node.anyOf ?? [])].flatMap((each) => Object.entries(each.properties ?? {}));
  const deeper = below.flatMap(([name, child]) => sections(path === '' ? name : `${path}.${name}`, child));
  return below.length === 0 ? deeper : [{ path, node }, ...deeper];
}

function rows(node: JsonSchema): readonly (readonly string[])[] {
  return [node, ...(node.anyOf ?? [])].flatMap((each) =>
    Object.entries(each.properties ?? {}).map(([name, child]) => [
      `\`${name}\``,
      cell(child.properties === undefined ? expectation(child) : 'see below'),
      byDefault(child, each.required?.includes(name) === true),
      cell(child.description ?? ''),
    ]),
  );
}

function byDefault(node: JsonSchema, required: boolean): string {
  if (required) return 'required';
  if (node.default === undefined || (typeof node.default === 'object' && node.properties !== undefined)) return '';
  return `\`${JSON.stringify(node.default)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*');
}

/** A Markdown table with aligned columns, as the formatter leaves it. */
function table(body: readonly (readonly string[])[]): readonly string[] {
  const all = [['field', 'takes', 'default', 'meaning'], ...body];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(all[0] ?? []), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
}
