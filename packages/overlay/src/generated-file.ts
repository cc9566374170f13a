import { formatYaml } from '@gatefleet/kustomize';
import type { Value } from './manifest.ts';

const mark = '# Generated from ';

/** What decides a generated file, and what makes it again. */
export interface Origin {
  /** environment.yaml, from the generated file's own folder. */
  readonly source: string;
  /** Dotted paths in it, such as `spec.gateway.resources`. */
  readonly fields: readonly string[];
  readonly command: string;
}

/** One generated YAML file, keys in the order given. Its first line leads a reader, and the linter, to what decides it. */
export function generatedFile({ source, fields, command }: Origin, content: Value): string {
  const decisive = fields.length === 0 ? '' : ` (${[...new Set(fields)].join(', ')})`;
  return `${mark}${source}${decisive} by \`${command}\`. Edit that file instead.\n${formatYaml(content)}`;
}

/** Whether a file is ours to rewrite or remove. */
export function isGenerated(text: string): boolean {
  return text.startsWith(mark);
}
