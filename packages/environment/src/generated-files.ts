import { environmentJsonSchema } from './json-schema.ts';
import { presetsReference } from './presets-reference.ts';
import { environmentReference } from './reference.ts';

/** What this package's schema is written out as, by path from the repository's root. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['packages/environment/environment.schema.json', `${JSON.stringify(environmentJsonSchema, null, 2)}\n`],
    ['docs/reference/environment.md', environmentReference()],
    ['docs/reference/presets.md', presetsReference()],
  ]);
}
