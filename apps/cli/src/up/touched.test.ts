import { expect, test } from '@jest/globals';
import { objectsIn, touchedText } from './touched.ts';

const manifests = `
apiVersion: v1
kind: Namespace
metadata: { name: argocd }
---
---
apiVersion: v1
kind: Secret
metadata: { name: cluster-dev-eu, namespace: argocd }
${['a', 'b', 'c', 'd'].map((name) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: argocd }\n`).join('')}`;

test('what is touched is named, and counted where it is much', () => {
  expect(touchedText(objectsIn(manifests))).toBe(
    '  Namespace: argocd\n  Secret in argocd: cluster-dev-eu\n  ConfigMap in argocd: 4 objects\n',
  );
});
