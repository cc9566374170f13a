import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Finding } from './finding.ts';
import { judge } from './judge.ts';
import { verdictText } from './verdict-text.ts';
import { parseWaivers, type Waiver } from './waivers.ts';

const today = '2026-11-28';
const yaml: Finding = {
  source: 'npm',
  id: 'GHSA-aaaa-bbbb-cccc',
  package: 'yaml',
  where: ['node_modules/nx/node_modules/yaml'],
  title: 'Deep nesting ends the process',
};
const cobra: Finding = {
  ...yaml,
  source: 'go',
  id: 'GO-2026-0001',
  package: 'github.com/spf13/cobra',
  where: ['crane (v1.10.2)'],
};
const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  id: yaml.id,
  package: 'yaml',
  reason: 'nx reads its own files with it',
  until: '2026-12-31',
  ...changes,
});

test.each([
  { given: 'nothing found and nothing waived', findings: [], waivers: [], says: '0 open, 0 at fault, 0 waived' },
  { given: 'a finding without a waiver', findings: [yaml], waivers: [], says: '1 open, 0 at fault, 0 waived' },
  { given: 'a waiver for it', findings: [yaml], waivers: [waiver()], says: '0 open, 0 at fault, 1 waived' },
  {
    given: 'its last day',
    findings: [yaml],
    waivers: [waiver({ until: today })],
    says: '0 open, 0 at fault, 1 waived',
  },
  {
    given: 'the day after',
    findings: [yaml],
    waivers: [waiver({ until: '2026-11-27' })],
    says: '1 open, expired, 0 waived',
  },
  {
    given: '180 days',
    findings: [yaml],
    waivers: [waiver({ until: '2027-05-27' })],
    says: '0 open, 0 at fault, 1 waived',
  },
  {
    given: '181 days',
    findings: [yaml],
    waivers: [waiver({ until: '2027-05-28' })],
    says: '1 open, too long, 0 waived',
  },
  {
    given: 'a waiver for another package',
    findings: [yaml],
    waivers: [waiver({ package: 'yml' })],
    says: '1 open, waives nothing, 0 waived',
  },
  { given: 'a waiver for what is gone', findings: [], waivers: [waiver()], says: '0 open, waives nothing, 0 waived' },
  {
    given: 'a waiver of the audit that was not made',
    findings: [yaml],
    waivers: [waiver(), waiver({ id: cobra.id, package: cobra.package })],
    says: '0 open, 0 at fault, 1 waived',
  },
])('given $given: $says', ({ findings, waivers, says }) => {
  const { open, faults, waived } = judge(findings, waivers, ['npm'], today);
  const fault = faults.map(({ why }) => why).join(', ') || '0 at fault';
  expect(`${open.length} open, ${fault}, ${waived.length} waived`).toBe(says);
});

test('a person reads what is open and where, what is at fault, and what is lived with and why', () => {
  const waivers = [waiver(), waiver({ id: 'GHSA-dddd-eeee-ffff', until: '2026-01-01' })];
  expect(verdictText(judge([yaml, { ...cobra, fixed: 'v9.0.0' }], waivers, ['npm', 'go'], today))).toBe(
    `open     GO-2026-0001  github.com/spf13/cobra: Deep nesting ends the process
           in crane (v1.10.2)
           mended in v9.0.0
waiver   GHSA-dddd-eeee-ffff  yaml: expired (until 2026-01-01)
waived   GHSA-aaaa-bbbb-cccc  yaml until 2026-12-31: nx reads its own files with it
1 open, 1 waivers at fault, 1 waived
`,
  );
});

const written = (changes: object) => JSON.stringify({ waivers: [{ ...waiver(), ...changes }] });

test.each([
  { given: 'no reason', text: written({ reason: 'ok' }), says: 'say what a stranger needs to judge it' },
  { given: 'no day', text: written({ until: 'forever' }), says: 'a day, as 2027-03-31' },
  { given: 'no advisory', text: written({ id: 'CVE-2026-1' }), says: 'the advisory: GHSA-… or GO-…' },
  { given: 'a field that is not known', text: written({ severity: 'low' }), says: 'Unrecognized key: "severity"' },
])('given a waiver with $given, it is refused', ({ text, says }) => {
  expect(() => parseWaivers(text)).toThrow(says);
});

test('the committed waivers can be read', () => {
  const text = readFileSync(new URL('../../waivers.yaml', import.meta.url), 'utf8');
  expect(() => parseWaivers(text)).not.toThrow();
});
