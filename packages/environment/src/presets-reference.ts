import { stringify } from 'yaml';
import { presets } from './presets.ts';

/** The page about presets: each one's defaults as they would be written, and where they come from. */
export function presetsReference(): string {
  const sections = Object.entries(presets).map(([name, { summary, sources, spec }]) =>
    [
      `## \`${name}\``,
      '',
      summary,
      '',
      '```yaml',
      stringify({ spec }, { lineWidth: 0 }).trimEnd(),
      '```',
      '',
      `Sources: ${sources.map((source) => `<${source}>`).join(', ')}`,
      '',
    ].join('\n'),
  );
  return [
    '<!-- Generated from packages/environment by `npm run generate -w @gatefleet/environment`. Edit the presets instead. -->',
    '',
    '# Presets',
    '',
    '`spec.preset` in `environment.yaml` gives what a provider needs. What the file says itself goes before, field by field; a setting of',
    'the preset that no longer fits, such as fixed ports of another exposure, is left out.',
    '',
    ...sections,
  ].join('\n');
}
