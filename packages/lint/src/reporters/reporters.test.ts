import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../finding.ts';
import type { LintReport } from '../lint.ts';
import { githubReport } from './github.ts';
import { humanReport } from './human.ts';
import { jsonReport } from './json.ts';
import { markdownReport } from './markdown.ts';
import { sarifReport } from './sarif.ts';

const finding: Finding = {
  rule: 'patch-target-matches',
  severity: 'error',
  message: 'the patch of Deployment wep hits nothing',
  position: { file: 'overlays/dev/kustomization.yaml', line: 5, column: 7 },
  remedy: 'Did you mean web?',
  environments: ['dev'],
};
const warning: Finding = {
  ...finding,
  rule: 'unused-component',
  severity: 'warning',
  environments: [],
  message: '100% @team, `x`: [y](z)\nsecond',
};
const waiver = { rule: finding.rule, reason: 'later', until: '2027-01-01', position: finding.position };
const checked = { kustomizations: 3, builds: 2, environments: 1, objects: 1, rules: 7 };
const report = (findings: Finding[], waived = false): LintReport => ({
  findings,
  waived: waived ? [{ ...finding, waiver }] : [],
  checked,
});

describe('human', () => {
  test('findings stand as compilers print them', () => {
    expect(humanReport(report([finding, warning], true), { colour: false }))
      .toBe(`overlays/dev/kustomization.yaml:5:7  patch-target-matches
  error   the patch of Deployment wep hits nothing (dev)
  remedy  Did you mean web?

overlays/dev/kustomization.yaml:5:7  unused-component
  warning 100% @team, \`x\`: [y](z)
second
  remedy  Did you mean web?

1 error, 1 warning, 1 waived (2 builds, 1 object, 7 rules)
`);
  });
  test('many environments are counted', () => {
    const many = { ...finding, environments: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] };
    expect(humanReport(report([many]), { colour: false })).toContain('(a, b, c, d, e and 2 more)');
  });
  test('colours only where asked', () => {
    expect(humanReport(report([finding]), { colour: false })).not.toContain('\u001b');
    expect(humanReport(report([finding]), { colour: true })).toContain('\u001b[31m');
  });
  test('nothing found is one line', () => {
    expect(humanReport(report([]), { colour: false })).toBe('0 errors, 0 warnings (2 builds, 1 object, 7 rules)\n');
  });
});

test('json is the report with a version', () => {
  expect(JSON.parse(jsonReport(report([finding])))).toEqual({ version: 1, findings: [finding], waived: [], checked });
});

test('github annotations escape what would end them', () => {
  const odd = { ...warning, position: { file: 'a,b:c.yaml', line: 1, column: 2 } };
  expect(githubReport(report([odd]))).toBe(
    '::warning file=a%2Cb%3Ac.yaml,line=1,col=2,title=unused-component::100%25 @team, `x`: [y](z)%0Asecond%0ADid you mean web?\n',
  );
});

describe('sarif', () => {
  const log = JSON.parse(sarifReport(report([finding, warning], true))) as {
    version: string;
    runs: { tool: { driver: { rules: { id: string; help?: unknown }[] } }; results: Record<string, unknown>[] }[];
  };
  const [run] = log.runs;
  test('has the rules that were broken, and each result points at its own', () => {
    expect(log.version).toBe('2.1.0');
    expect(run?.tool.driver.rules.map(({ id }) => id)).toEqual(['patch-target-matches', 'unused-component']);
    for (const { ruleId, ruleIndex } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex as number]?.id).toBe(ruleId);
    }
  });
  test('a waived finding is suppressed with its reason', () => {
    expect(run?.results.map(({ suppressions }) => suppressions)).toEqual([
      undefined,
      undefined,
      [{ kind: 'inSource', justification: 'later (until 2027-01-01)' }],
    ]);
  });
  test('a finding that moved to another line keeps its fingerprint', () => {
    const moved = JSON.parse(
      sarifReport(report([{ ...finding, position: { ...finding.position, line: 50 } }])),
    ) as typeof log;
    expect(moved.runs[0]?.results[0]?.['partialFingerprints']).toEqual(run?.results[0]?.['partialFingerprints']);
  });
});

describe('markdown', () => {
  test('errors are open, warnings folded away, and nothing in them is markup', () => {
    const text = markdownReport(report([finding, warning]));
    expect(text).toContain('**Lint**: 1 error, 1 warning.');
    expect(text).toContain('<details><summary>1 warning</summary>');
    expect(text).not.toMatch(/@team|\[y\]|`x`/);
  });
  test('what would not fit is counted', () => {
    const text = markdownReport(report(Array.from({ length: 500 }, () => finding)));
    expect(text.length).toBeLessThan(25_000);
    expect(text).toMatch(/and \d+ more: run <code>gatefleet lint<\/code>/);
  });
});
