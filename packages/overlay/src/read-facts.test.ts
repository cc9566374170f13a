import { expect, test } from '@jest/globals';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { environment } from './testing/environment.ts';
import { readFacts } from './read-facts.ts';

const component = (...resources: string[]) =>
  `kind: Component\nresources: [${resources.map((path) => JSON.stringify(path)).join(', ')}]\n`;

test.each<{ given: string; files: Record<string, string>; then: unknown }>([
  {
    given: 'nothing of the user’s',
    files: { 'base/kustomization.yaml': component() },
    then: { hasCustom: false, dependencies: [] },
  },
  {
    given: 'a custom Component of its own files',
    files: { 'overlays/qa/custom/kustomization.yaml': component('x.yaml'), 'overlays/qa/custom/x.yaml': '' },
    then: { hasCustom: true, dependencies: [] },
  },
  {
    given: 'a custom folder without a kustomization',
    files: { 'overlays/qa/custom/x.yaml': '' },
    then: { hasCustom: false, dependencies: [] },
  },
  {
    given: 'a custom Component that reaches elsewhere, and into the base',
    files: {
      'overlays/qa/custom/kustomization.yaml': component(
        '../../../common/a',
        '../../../common/b.yaml',
        '../../../base/c',
      ),
      'common/a/kustomization.yaml': component('x.yaml', '../d'),
      'common/a/x.yaml': '',
      'common/d/kustomization.yaml': component(),
      'common/b.yaml': '',
      'base/c/kustomization.yaml': component(),
    },
    then: { hasCustom: true, dependencies: ['common/a', 'common/b.yaml', 'common/d'] },
  },
])('given $given', async ({ files, then }) => {
  await using repository = await writeFiles(files);
  expect(await readFacts(repository.root, environment())).toEqual(then);
});
