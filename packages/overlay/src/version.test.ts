import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { renderProblems } from '@gatefleet/environment';
import { readBase } from './read-base.ts';
import { initialVersion, versionProblems } from './version.ts';

const base = await readBase(join(import.meta.dirname, '../../../base'));
const head = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n';

test('the first version is what the base runs, and has no fault', () => {
  const text = initialVersion(base);
  expect(text).toMatch(/\nimages:\n( {2}- name: \S+\n {4}newTag: \S+\n)+$/);
  expect(versionProblems('version/kustomization.yaml', text, base)).toEqual([]);
});

test.each<{ given: string; text: string; then: string }>([
  {
    given: 'another kind',
    text: 'kind: Kustomization\nimages: []\n',
    then: `v.yaml:1:1
  error   the kind must be Component
  remedy  Write kind: Component.
`,
  },
  {
    given: 'more than images',
    text: `${head}images: []\npatches:\n  - path: x.yaml\n`,
    then: `v.yaml:4:1
  error   patches does not belong here: a promotion would carry it along
  remedy  Move it to custom/.
`,
  },
  {
    given: 'an image that the base does not run',
    text: `${head}images:\n  - name: traefik\n    newTag: v3.6.12\n  - name: trafik\n    newTag: v3.6.12\n`,
    then: `v.yaml:6:11
  error   the base runs no image of this name, so this entry changes nothing
  found   "trafik"
  remedy  Write one of ghcr.io/gatefleet/acme-controller, hashicorp/consul, traefik.
`,
  },
  {
    given: 'an entry without a name',
    text: `${head}images:\n  - newTag: v3.6.12\n`,
    then: `v.yaml:4:5
  error   the base runs no image of this name, so this entry changes nothing
  remedy  Write one of ghcr.io/gatefleet/acme-controller, hashicorp/consul, traefik.
`,
  },
  {
    given: 'no YAML',
    text: 'a: [\n',
    then: `v.yaml:2:1
  error   not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]
  remedy  Correct the YAML here.
`,
  },
])('given $given, says so', ({ text, then }) => {
  expect(renderProblems(versionProblems('v.yaml', text, base))).toBe(then);
});
