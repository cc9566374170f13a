import type { Finding } from '../finding.ts';
import type { LintReport } from '../lint.ts';

/** Longest comment that GitHub takes is 65,536 characters; diff and plan stand in the same one. */
const longest = 20_000;

/** For a comment on a pull request: errors open, warnings folded away, cut at {@link longest} characters. */
export function markdownReport({ findings, waived }: LintReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const waivedText = waived.length === 0 ? '' : `, ${waived.length} waived`;
  const head = `**Lint**: ${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}${waivedText}.\n`;
  if (findings.length === 0) return head;
  const parts = [
    ...(errors.length === 0 ? [] : ['', ...fitting(errors)]),
    ...(warnings.length === 0
      ? []
      : [
          '',
          `<details><summary>${count(warnings.length, 'warning')}</summary>`,
          '',
          ...fitting(warnings),
          '',
          '</details>',
        ]),
  ];
  return `${head}${parts.join('\n')}\n`;
}

function fitting(findings: readonly Finding[]): readonly string[] {
  const lines: string[] = [];
  let length = 0;
  for (const finding of findings) {
    const { file, line } = finding.position;
    const text = `- ${code(`${file}:${line}`)} ${escape(finding.message)} (${code(finding.rule)})<br>${escape(finding.remedy)}`;
    length += text.length;
    if (length > longest / 2)
      return [...lines, `- and ${findings.length - lines.length} more: run ${code('gatefleet lint')}`];
    lines.push(text);
  }
  return lines;
}

/** What a manifest says must not become a mention, a link or markup in somebody's comment. */
function escape(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]<>#|@!~]/g, (character) => `&#${character.codePointAt(0) ?? 0};`)
    .replaceAll('\n', ' ');
}

function code(text: string): string {
  return `<code>${escape(text)}</code>`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
