import { expect, test } from '@jest/globals';
import { renderProblems } from '@gatefleet/environment';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { readComponentProblems } from './read-component-problems.ts';
import { environment } from './testing/environment.ts';

const files = {
  'traits/tracing/kustomization.yaml': 'kind: Component\n',
  'apps/web/kustomization.yaml': 'kind: Kustomization\n',
  'base/components/daemonset/kustomization.yaml': 'kind: Component\n',
};

test.each<{ given: string; path: string; then: string }>([
  { given: 'a Component', path: '../../traits/tracing', then: '' },
  {
    given: 'a folder that is not there',
    path: '../../traits/tracking',
    then: `overlays/qa/environment.yaml:3:7
  error   there is no Component in traits/tracking
  found   "../../traits/tracking"
  remedy  Correct the path; it begins at the environment’s own folder.
`,
  },
  {
    given: 'a kustomization of another kind',
    path: '../../apps/web',
    then: `overlays/qa/environment.yaml:3:7
  error   apps/web/kustomization.yaml is not a Component
  found   "../../apps/web"
  remedy  Write kind: Component there, or name another folder.
`,
  },
  {
    given: 'a Component that a field switches on',
    path: '../../base/components/daemonset',
    then: `overlays/qa/environment.yaml:3:7
  error   base/components/daemonset is switched on by other fields
  found   "../../base/components/daemonset"
  remedy  Remove it, and set the field that switches it on: base/README.md lists them.
`,
  },
  {
    given: 'a folder above the repository',
    path: '../../../traits',
    then: `overlays/qa/environment.yaml:3:7
  error   the Component is outside of the repository
  found   "../../../traits"
  remedy  Bring it into the repository.
`,
  },
])('given $given', async ({ path, then }) => {
  await using repository = await writeFiles(files);
  const text = `spec:\n  components:\n    - ${path}\n`;
  const problems = await readComponentProblems(repository.root, environment(`components: [${path}]`), text);
  expect(renderProblems(problems)).toBe(then);
});
