import { describe, expect, test } from '@jest/globals';
import { fold } from './fold.ts';
import { objectChanges } from './object-changes.ts';
import type { DiffObject } from './object-id.ts';
import { humanDiff, markdownDiff, type DiffReport } from './report.ts';

const deployment = (image: string, replicas: number): DiffObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas, template: { spec: { containers: [{ name: 'app', image }] } } },
});
const config = (name: string, text: string): DiffObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { 'app.conf': text },
});
const secret = (value: string): DiffObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token' },
  stringData: { token: value },
});

function report(leaves: Record<string, { before: DiffObject[]; after: DiffObject[] }>): DiffReport {
  const diffs = Object.entries(leaves).map(([leaf, { before, after }]) => ({
    leaf,
    changes: objectChanges(before, after),
  }));
  return { since: 'HEAD', leaves: Object.keys(leaves), failed: [], changes: fold(diffs) };
}

const human = (leaves: Parameters<typeof report>[0]) => humanDiff(report(leaves), { colour: false });

describe('for people', () => {
  test('what two environments share is told once, what one has alone beside it', () => {
    const text = human({
      'overlays/dev': { before: [deployment('web:1', 1)], after: [deployment('web:2', 1)] },
      'overlays/staging': { before: [deployment('web:1', 2)], after: [deployment('web:2', 3)] },
      'overlays/production': { before: [deployment('web:1', 5)], after: [deployment('web:1', 5)] },
    });
    expect(text).toBe(`overlays/dev, overlays/staging
  ~ Deployment shop/web (its Pods are replaced)
      ~ spec.template.spec.containers[app].image: web:1 → web:2

overlays/staging
  ~ Deployment shop/web
      ~ spec.replicas: 2 → 3

2 of 3 kustomizations change
`);
  });

  test('objects that come and go are named', () => {
    expect(human({ a: { before: [config('old', 'x')], after: [deployment('web:1', 1)] } })).toBe(`a
  - ConfigMap old
  + Deployment shop/web

1 of 1 kustomization changes
`);
  });

  test('a generated ConfigMap whose hash changed is one object, its text line by line', () => {
    const [old, now] = ['listen 80\nlog info\n', 'listen 80\nlog debug\n'];
    expect(human({ a: { before: [config('conf-2b7fkc9mgh', old)], after: [config('conf-9mtt5hkbgd', now)] } })).toBe(`a
  ~ ConfigMap conf-9mtt5hkbgd (was conf-2b7fkc9mgh)
      ~ data["app.conf"]
          listen 80
        - log info
        + log debug

1 of 1 kustomization changes
`);
  });

  test('another version of the same group is a change, not another object', () => {
    const [before] = [deployment('web:1', 1)];
    expect(human({ a: { before: [{ ...before, apiVersion: 'apps/v1beta2' }], after: [{ ...before }] } })).toContain(
      '~ apiVersion: apps/v1beta2 → apps/v1',
    );
  });

  test('no change is said', () => {
    const same = { before: [config('c', 'x')], after: [config('c', 'x')] };
    expect(human({ a: same, b: same })).toBe('nothing changes since HEAD (2 compared)\n');
  });

  test('colours only where asked', () => {
    const changed = report({ a: { before: [], after: [config('c', 'x')] } });
    expect(humanDiff(changed, { colour: true })).toContain('\u001b[32m  + ConfigMap c\u001b[0m');
    expect(humanDiff(changed, { colour: false })).not.toContain('\u001b');
  });
});

test.each(['human', 'markdown', 'value'])('a Secret’s content is not in the %s output', (output) => {
  const changed = report({ a: { before: [secret('s3cret-old')], after: [secret('s3cret-new')] } });
  const text =
    output === 'human'
      ? humanDiff(changed, { colour: false })
      : output === 'markdown'
        ? markdownDiff(changed)
        : JSON.stringify(changed);
  expect(text).not.toContain('s3cret');
  expect(text).toContain('stringData.token');
});

describe('for a pull request', () => {
  test('groups are folded away', () => {
    expect(markdownDiff(report({ a: { before: [deployment('web:1', 1)], after: [deployment('web:2', 1)] } }))).toBe(
      `**Diff** against \`HEAD\`: 1 of 1 kustomization changes.

<details><summary><code>a</code>: 1 object</summary>

\`\`\`diff
! Deployment shop/web (its Pods are replaced)
!     spec.template.spec.containers[app].image: web:1 → web:2
\`\`\`
</details>
`,
    );
  });

  test('a value cannot end the code block', () => {
    const text = markdownDiff(report({ a: { before: [config('c', 'x')], after: [config('c', '```\n@everyone')] } }));
    expect(text).toContain('\n````diff\n');
    expect(text).toContain('\n````\n</details>');
  });

  test('what would not fit is counted and said where to see', () => {
    const huge = (name: string) => ({
      before: [config('c', name)],
      after: [config('c', `${name}${'x\n'.repeat(10_000)}`)],
    });
    const text = markdownDiff(report({ a: huge('a'), b: huge('b') }));
    expect(text.length).toBeLessThan(60_000);
    expect(text).toMatch(/[12] more groups? would not fit: run `gatefleet diff --since HEAD`/);
  });
});
