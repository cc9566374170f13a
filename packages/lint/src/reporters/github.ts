import type { LintReport } from '../lint.ts';

/**
 * Annotations on the lines of a pull request.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message
 */
export function githubReport({ findings }: LintReport): string {
  return findings
    .map(({ severity, position: { file, line, column }, rule, message, remedy }) => {
      const properties = [`file=${property(file)}`, `line=${line}`, `col=${column}`, `title=${property(rule)}`];
      return `::${severity} ${properties.join(',')}::${data(`${message}\n${remedy}`)}\n`;
    })
    .join('');
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts (`escapeData`, `escapeProperty`) */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
