import { parseAllDocuments } from 'yaml';

/**
 * The documents of a text: one JSON value, several one after another (as `jq` prints them), or a YAML stream. Undefined when it is none
 * of them. What is wrong with it is not said: parsers quote what they stumble over, and that may be a key.
 */
export function parseDocuments(text: string): unknown[] | undefined {
  const whole = parseJson(text);
  if (whole !== undefined) return [whole];
  return parseJsonStream(text) ?? parseYaml(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Objects one after another, with nothing but white space between them. */
function parseJsonStream(text: string): unknown[] | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const values: unknown[] = [];
  let depth = 0;
  let start = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString && character === '\\') at += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && character === '{') depth += 1;
    else if (!inString && character === '}' && (depth -= 1) === 0) {
      const value = parseJson(text.slice(start, at + 1));
      if (value === undefined) return undefined;
      values.push(value);
      start = at + 1;
    }
  }
  return text.slice(start).trim() === '' ? values : undefined;
}

function parseYaml(text: string): unknown[] | undefined {
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false });
    if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
    return documents.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
  } catch {
    // Aliases that would grow without end, or nesting deeper than the stack.
    return undefined;
  }
}
