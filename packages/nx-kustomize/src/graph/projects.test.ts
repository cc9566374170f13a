import { expect, test } from '@jest/globals';
import { writeFiles } from '@gatefleet/kustomize/testing';
import { foreignRepositories } from '@gatefleet/lint/testing';
import { normalizeOptions, type PluginOptions } from '../options.ts';
import { inferProjects } from './projects.ts';
import { readWorkspaceKustomizations } from './workspace-kustomizations.ts';

interface Case {
  readonly given: string;
  readonly files: Readonly<Record<string, string>>;
  readonly options?: PluginOptions;
  readonly then: readonly string[];
}

const base = 'resources: [deployment.yaml]\n';
const overlay = 'resources: [../../base]\n';

test.each<Case>([
  {
    given: 'a tree of apps, infrastructure and stages',
    files: foreignRepositories.fluxStyle,
    then: [
      'ledger apps/base/ledger kustomize:base: render lint',
      'production apps/production kustomize:overlay environment:production: render lint diff sync',
      'staging apps/staging kustomize:overlay environment:staging: render lint diff sync',
      'namespaces infrastructure/namespaces kustomize:overlay environment:namespaces: render lint diff sync',
      'fleet . kustomize:fleet: lint',
    ],
  },
  {
    given: 'a tree of environments for each app',
    files: foreignRepositories.appEnvs,
    then: [
      'mail-envs-prod apps/mail/envs/prod kustomize:overlay environment:prod: render lint diff sync',
      'base apps/orders/base kustomize:base: render lint',
      'dev apps/orders/envs/dev kustomize:overlay environment:dev: render lint diff sync',
      'orders-envs-prod apps/orders/envs/prod kustomize:overlay environment:prod: render lint diff sync',
      'debug components/debug kustomize:component: lint',
      'probes components/probes kustomize:component: lint',
      'fleet apps kustomize:fleet: lint',
    ],
  },
  {
    given: 'an environment.yaml',
    files: {
      'base/kustomization.yaml': base,
      'overlays/dev/kustomization.yaml': overlay,
      'overlays/dev/environment.yaml': '',
    },
    then: [
      'base base kustomize:base: render lint',
      'dev overlays/dev kustomize:overlay environment:dev: generate render lint diff sync',
      'fleet overlays kustomize:fleet: lint',
    ],
  },
  {
    given: 'a folder for the fleet',
    files: { 'a/kustomization.yaml': base },
    options: { fleetRoot: 'stages/' },
    then: ['a a kustomize:overlay environment:a: render lint diff sync', 'fleet stages kustomize:fleet: lint'],
  },
  {
    given: 'packages of the same names',
    files: {
      'a/kustomization.yaml': base,
      'packages/a/package.json': '{ "name": "a" }',
      'packages/fleet/project.json': '{}',
    },
    then: [
      'kustomize/a a kustomize:overlay environment:a: render lint diff sync',
      'kustomize-fleet . kustomize:fleet: lint',
    ],
  },
  {
    given: 'a kustomization at the root',
    files: { kustomization: '', 'kustomization.yaml': 'resources: [a.yaml]\n' },
    then: ['root . kustomize:overlay environment:.: render lint diff sync'],
  },
  {
    given: 'folders that are none of the fleet',
    files: { 'a/kustomization.yaml': base, 'test/b/kustomization.yaml': base, '.gatefleetignore': 'test/\n' },
    then: ['a a kustomize:overlay environment:a: render lint diff sync', 'fleet . kustomize:fleet: lint'],
  },
  { given: 'no kustomization', files: { 'package.json': '{}' }, then: [] },
])('given $given', async ({ files, options, then }) => {
  await using written = await writeFiles(files);
  const workspace = readWorkspaceKustomizations(written.root, Object.keys(files));
  const projects = inferProjects(workspace, normalizeOptions(options), []).map(({ project }) => project);
  expect(
    projects.map(
      ({ name, root, tags = [], targets = {} }) =>
        `${name ?? ''} ${root} ${tags.join(' ')}: ${Object.keys(targets).join(' ')}`,
    ),
  ).toEqual(then);
});

test('a kustomization that is not YAML is told, and the others are there', async () => {
  const files = { 'a/kustomization.yaml': base, 'b/kustomization.yaml': 'resources: [\n', 'c/Kustomization': '- a\n' };
  await using written = await writeFiles(files);
  const { kustomizations, invalid } = readWorkspaceKustomizations(written.root, Object.keys(files));
  expect(kustomizations.map(({ folder }) => folder)).toEqual(['a']);
  expect(invalid.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^b\/kustomization\.yaml:\d+: /),
    'c/Kustomization: it holds no mapping',
  ]);
});
