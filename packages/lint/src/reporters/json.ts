import type { LintReport } from '../lint.ts';

/** For programs. `version` grows when a field changes its meaning or goes; new fields may come at any time. */
export function jsonReport(report: LintReport): string {
  return `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n`;
}
