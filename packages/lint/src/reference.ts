import type { Rule, RuleGroup } from './rule.ts';
import { rules } from './rules/index.ts';

const chapters: Readonly<Record<RuleGroup, string>> = {
  silent: 'What kustomize passes over',
  schema: 'Schemas',
  references: 'References',
  quorum: 'Quorum of the store',
  availability: 'Availability',
  'kind-switch': 'After a change of kind',
  security: 'Security',
  fleet: 'The fleet',
  change: 'The change (`--since`)',
};

/** Findings of the linter itself, which no rule makes. */
const own: readonly Pick<Rule, 'id' | 'severity' | 'summary' | 'remedy'>[] = [
  {
    id: 'yaml-valid',
    severity: 'error',
    summary: 'A file that a kustomization names and that is not YAML.',
    remedy: 'Correct it at the line.',
  },
  {
    id: 'environment-valid',
    severity: 'error',
    summary: 'A mistake in an environment.yaml.',
    remedy: 'As the finding says; see [environment](environment.md).',
  },
  {
    id: 'builds',
    severity: 'error',
    summary: 'A kustomization that kustomize refuses.',
    remedy: 'Mend what kustomize says.',
  },
  {
    id: 'waiver-expired',
    severity: 'error',
    summary: 'A waiver whose day is past.',
    remedy: 'Mend what it allowed, or give it a later day.',
  },
  {
    id: 'waiver-invalid',
    severity: 'error',
    summary: 'A waiver that cannot be read.',
    remedy: 'Write it in the form above.',
  },
  {
    id: 'waiver-unused',
    severity: 'warning',
    summary: 'A waiver of something that is not found.',
    remedy: 'Remove it.',
  },
];

/** The reference page: every rule, by group. */
export function rulesReference(): string {
  const groups = Map.groupBy(rules, ({ group }) => group);
  return `# Lint rules

Generated from the rules by \`npm run generate -w @gatefleet/lint\`. Edit those instead.

\`npm run gatefleet -- lint\` checks what each kustomization renders to, and all of them together. A finding stands at the line that
causes it: in \`environment.yaml\` for what is generated. Errors make the exit code 1, warnings do not.

A finding is let be by a comment on its line or on the line before, with a reason and a last day; after it, the waiver is an error:

\`\`\`yaml
# gatefleet-lint: allow image-is-fixed until 2027-03-01: the vendor publishes no versions yet
\`\`\`

Folders that are not part of the fleet are listed in \`.gatefleetignore\`, one a line.

${[...groups].map(([group, members]) => chapter(chapters[group], members)).join('\n')}
${chapter(
  'The linter’s own',
  own.map((each) => ({ ...each, why: '' })),
)}`;
}

type Row = Pick<Rule, 'id' | 'severity' | 'summary' | 'why' | 'remedy'>;

function chapter(title: string, members: readonly Row[]): string {
  const rows = members.map(({ id, severity, summary, why, remedy }) =>
    [
      `### \`${id}\``,
      '',
      `${severity === 'error' ? 'Error' : 'Warning'}. ${summary}${why === '' ? '' : ` ${why}`}`,
      '',
      `_Remedy:_ ${remedy}`,
      '',
    ].join('\n'),
  );
  return `## ${title}\n\n${rows.join('\n')}`;
}
