import ts from 'typescript';

/** One error class and its codes. */
export type ErrorCodes = ReadonlyMap<string, readonly string[]>;

/**
 * Error classes declared in a source, with the codes that their `code` field can have: a literal, or a union declared in the same file.
 * A class without such a field is none of these.
 */
export function codesInSource(text: string): ErrorCodes {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest);
  const unions = new Map<string, readonly string[]>();
  const classes = new Map<string, readonly string[]>();
  for (const statement of file.statements) {
    if (ts.isTypeAliasDeclaration(statement)) unions.set(statement.name.text, literals(statement.type));
  }
  for (const statement of file.statements) {
    if (!ts.isClassDeclaration(statement) || statement.name === undefined || !extendsError(statement)) continue;
    const codes = codesOf(statement, unions);
    if (codes.length > 0) classes.set(statement.name.text, [...codes].sort());
  }
  return classes;
}

/** Codes by error class in docs/errors.md: a heading that begins with the class, then a table whose first column is the code. */
export function codesInPage(markdown: string): ErrorCodes {
  const classes = new Map<string, string[]>();
  let codes: string[] = [];
  for (const line of markdown.split('\n')) {
    const heading = /^## `(\w+)`/.exec(line)?.[1];
    if (heading !== undefined) classes.set(heading, (codes = []));
    const code = /^\| `([A-Z_]+)`/.exec(line)?.[1];
    if (code !== undefined) codes.push(code);
  }
  return classes;
}

function extendsError({ heritageClauses }: ts.ClassDeclaration): boolean {
  return (heritageClauses ?? []).some(({ types }) =>
    types.some(({ expression }) => ts.isIdentifier(expression) && expression.text === 'Error'),
  );
}

function codesOf({ members }: ts.ClassDeclaration, unions: ReadonlyMap<string, readonly string[]>): readonly string[] {
  for (const member of members) {
    if (!ts.isPropertyDeclaration(member) || !ts.isIdentifier(member.name) || member.name.text !== 'code') continue;
    if (member.initializer !== undefined && ts.isStringLiteral(member.initializer)) return [member.initializer.text];
    if (member.type !== undefined && ts.isTypeReferenceNode(member.type) && ts.isIdentifier(member.type.typeName)) {
      return unions.get(member.type.typeName.text) ?? [];
    }
    return member.type === undefined ? [] : literals(member.type);
  }
  return [];
}

function literals(type: ts.TypeNode): readonly string[] {
  const parts = ts.isUnionTypeNode(type) ? type.types : [type];
  return parts.flatMap((part) =>
    ts.isLiteralTypeNode(part) && ts.isStringLiteral(part.literal) ? [part.literal.text] : [],
  );
}
