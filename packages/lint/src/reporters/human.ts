import { styleText } from 'node:util';
import type { Finding } from '../finding.ts';
import type { LintReport } from '../lint.ts';

/** For a terminal or a log: findings by file, as compilers print them, so that an editor can jump to each. */
export function humanReport(
  { findings, waived, checked }: LintReport,
  { colour }: { readonly colour: boolean },
): string {
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const blocks = findings.map((finding) => {
    const { file, line, column } = finding.position;
    const severity = paint(finding.severity === 'error' ? 'red' : 'yellow', finding.severity.padEnd(7));
    return [
      `${paint('bold', `${file}:${line}:${column}`)}  ${paint('dim', finding.rule)}`,
      `  ${severity} ${finding.message}${where(finding)}`,
      `  remedy  ${finding.remedy}`,
      '',
    ].join('\n');
  });
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const summary = [
    count(errors, 'error'),
    count(findings.length - errors, 'warning'),
    ...(waived.length === 0 ? [] : [`${waived.length} waived`]),
  ].join(', ');
  const looked = `${count(checked.builds, 'build')}, ${count(checked.objects, 'object')}, ${count(checked.rules, 'rule')}`;
  return `${blocks.join('\n')}${blocks.length > 0 ? '\n' : ''}${paint(errors > 0 ? 'red' : 'green', summary)} (${looked})\n`;
}

const mostNamed = 5;

function where({ environments }: Finding): string {
  if (environments.length === 0) return '';
  const named = environments.slice(0, mostNamed).join(', ');
  const more = environments.length - mostNamed;
  return ` (${named}${more > 0 ? ` and ${more} more` : ''})`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
