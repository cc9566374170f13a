import { createHash } from 'node:crypto';
import type { Finding } from '../finding.ts';
import type { LintReport } from '../lint.ts';
import { rules } from '../rules/index.ts';

/**
 * For code scanning.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifReport({ findings, waived }: LintReport): string {
  const used = [...new Set([...findings, ...waived].map(({ rule }) => rule))].toSorted();
  const results = [
    ...findings.map((finding) => result(finding, used)),
    ...waived.map((finding) => ({
      ...result(finding, used),
      suppressions: [{ kind: 'inSource', justification: `${finding.waiver.reason} (until ${finding.waiver.until})` }],
    })),
  ];
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'gatefleet lint',
            informationUri: 'https://github.com/gatefleet/gatefleet',
            rules: used.map(descriptor),
          },
        },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(id: string) {
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) return { id };
  return {
    id,
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.why },
    help: { text: rule.remedy },
    defaultConfiguration: { level: rule.severity },
  };
}

function result({ rule, severity, message, remedy, position }: Finding, used: readonly string[]) {
  return {
    ruleId: rule,
    ruleIndex: used.indexOf(rule),
    level: severity,
    message: { text: `${message}. ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(position.file), uriBaseId: '%SRCROOT%' },
          region: { startLine: position.line, startColumn: position.column },
        },
      },
    ],
    // Without the line: a finding that moved is the same finding.
    partialFingerprints: {
      'gatefleet/v1': createHash('sha256')
        .update(JSON.stringify([rule, position.file, message]))
        .digest('hex'),
    },
  };
}
