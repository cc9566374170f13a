import { stringify } from 'yaml';
import type { Value } from './base.ts';

const mark = '# Generated from ';

/**
 * One generated YAML file, keys in the order given.
 *
 * @param source - where environment.yaml stands, in words that fit the file's own place.
 * @param command - what writes the file again.
 */
export function generatedFile(source: string, command: string, content: Value): string {
  return `${mark}${source} by \`${command}\`. Edit that file instead.\n${stringify(content, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false })}`;
}

/** Whether a file is ours to rewrite or remove. */
export function isGenerated(text: string): boolean {
  return text.startsWith(mark);
}
