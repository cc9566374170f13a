import { expect, test } from '@jest/globals';
import { readRepository } from '@gatefleet/kustomize';
import { writeFiles } from '@gatefleet/kustomize/testing';
import type { Finding } from './finding.ts';
import { applyWaivers } from './waivers.ts';

const finding: Finding = {
  rule: 'a-rule',
  severity: 'error',
  message: 'something',
  position: { file: 'a.yaml', line: 2, column: 1 },
  remedy: 'Do.',
  environments: [],
};

async function waive(
  text: string,
  now = '2027-01-01T12:00:00Z',
  findings = [finding],
  known = ['a-rule', 'other-rule'],
) {
  await using written = await writeFiles({ 'a.yaml': text });
  const repository = await readRepository(written.root);
  const result = applyWaivers(findings, repository, new Set(known), new Date(now));
  return {
    findings: result.findings.map(({ rule, position }) => `${rule} ${position.line}`),
    waived: result.waived.map(({ rule, waiver }) => `${rule}: ${waiver.reason}`),
  };
}

const line = (rest: string) => `# gatefleet-lint: ${rest}`;

test.each<[string, string, { findings: string[]; waived: string[] }]>([
  ['no comment waives nothing', 'a: 1\nb: 2\n', { findings: ['a-rule 2'], waived: [] }],
  [
    'a comment on the line waives',
    `a: 1\nb: 2 ${line('allow a-rule until 2027-01-01: because')}\n`,
    { findings: [], waived: ['a-rule: because'] },
  ],
  [
    'a comment on the line before waives',
    `${line('allow a-rule until 2027-03-01: because')}\nb: 2\n`,
    { findings: [], waived: ['a-rule: because'] },
  ],
  [
    'one two lines before does not',
    `${line('allow a-rule until 2027-03-01: because')}\n\nb: 2\n`,
    { findings: ['a-rule 3', 'waiver-unused 1'], waived: [] },
  ],
  [
    'an expired one is an error, beside the finding',
    `b: 1\nb: 2 ${line('allow a-rule until 2026-12-31: because')}\n`,
    { findings: ['a-rule 2', 'waiver-expired 2'], waived: [] },
  ],
  [
    'one of another rule is not used',
    `a: 1\nb: 2 ${line('allow other-rule until 2027-03-01: because')}\n`,
    { findings: ['a-rule 2', 'waiver-unused 2'], waived: [] },
  ],
  [
    'one of a rule that did not run is let be',
    `a: 1\nb: 2 ${line('allow third-rule until 2027-03-01: because')}\n`,
    { findings: ['a-rule 2'], waived: [] },
  ],
  [
    'one without a reason is an error',
    `a: 1\nb: 2 ${line('allow a-rule until 2027-03-01')}\n`,
    { findings: ['a-rule 2', 'waiver-invalid 2'], waived: [] },
  ],
  [
    'one with a day that is none is an error',
    `a: 1\nb: 2 ${line('allow a-rule until 2027-13-01: because')}\n`,
    { findings: ['a-rule 2', 'waiver-invalid 2'], waived: [] },
  ],
])('%s', async (_, text, expected) => {
  const at = text.startsWith('#') && text.includes('\n\n') ? 3 : 2;
  const moved = { ...finding, position: { ...finding.position, line: at } };
  expect(await waive(text, '2027-01-01T12:00:00Z', [moved])).toEqual(expected);
});

test.each([
  {
    rule: 'waiver-expired',
    text: `b: 1\nb: 2 ${line('allow a-rule until 2026-12-31: because')}\n`,
    followed: 'a later day',
    remedied: `b: 1\nb: 2 ${line('allow a-rule until 2027-12-31: because')}\n`,
  },
  {
    rule: 'waiver-invalid',
    text: `b: 1\nb: 2 ${line('allow a-rule')}\n`,
    followed: 'the form that is told',
    remedied: `b: 1\nb: 2 ${line('allow a-rule until 2027-12-31: because')}\n`,
  },
  {
    rule: 'waiver-unused',
    text: `b: 1\nb: 2 ${line('allow a-rule until 2027-12-31: because')}\nc: ${line('allow other-rule until 2027-12-31: because')}\n`,
    followed: 'no comment',
    remedied: `b: 1\nb: 2 ${line('allow a-rule until 2027-12-31: because')}\nc:\n`,
  },
])('$rule is gone with $followed', async ({ rule, text, remedied }) => {
  expect((await waive(text)).findings.map((found) => found.split(' ')[0])).toContain(rule);
  expect(await waive(remedied)).toEqual({ findings: [], waived: ['a-rule: because'] });
});
