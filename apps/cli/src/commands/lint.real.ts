import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { generatedOverlay } from '@gatefleet/lint/testing';
import { commitFiles, type CommittedFiles } from '../testing/committed-files.ts';
import { lintCommand, type LintCommandOptions } from './lint.ts';

const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web }
spec:
  serviceName: web
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: app, image: web:1 }]
`,
  'overlays/dev/kustomization.yaml': 'resources: [../../base]\nnamespace: dev\n',
  'overlays/production/kustomization.yaml': 'resources: [../../base]\nnamespace: production\n',
};

let repository: CommittedFiles;
beforeEach(async () => {
  repository = await commitFiles(files);
}, 300_000);
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
});

const lint = (options: Partial<LintCommandOptions> = {}) =>
  lintCommand({
    root: repository.root,
    environments: [],
    rules: [],
    format: 'json',
    colour: false,
    progress: { step: async (_, work) => work(() => undefined) },
    signal: new AbortController().signal,
    ...options,
  });
const found = async (options?: Partial<LintCommandOptions>) => {
  const { value, exitCode } = await lint(options);
  const places = value?.findings.map(({ rule, position: { file, line }, environments }) => [
    rule,
    `${file}:${line}`,
    ...environments,
  ]);
  return { places, exitCode };
};

test('what cannot be changed in a cluster is found against a revision, where it is written, and not without one', async () => {
  await repository.edit('base/web.yaml', 'app: web', 'app: shop');
  await expect(found({ rules: ['immutable-field'], since: 'HEAD' })).resolves.toEqual({
    places: [['immutable-field', 'base/web.yaml:6', 'overlays/dev', 'overlays/production']],
    exitCode: 1,
  });
  await expect(found({ rules: ['immutable-field'] })).resolves.toEqual({ places: [], exitCode: 0 });
});

test('a name stands for an environment, and only it is looked at', async () => {
  await repository.edit(
    'overlays/dev/kustomization.yaml',
    'namespace:',
    'images: [{ name: wob, newTag: "2" }]\nnamespace:',
  );
  const rules = ['image-override-matches'];
  await expect(found({ rules, environments: ['production'] })).resolves.toEqual({ places: [], exitCode: 0 });
  await expect(found({ rules, environments: ['dev'] })).resolves.toEqual({
    places: [['image-override-matches', 'overlays/dev/kustomization.yaml:2']],
    exitCode: 1,
  });
});

test.each<[string, Partial<LintCommandOptions>, string]>([
  [
    'a rule that is not there',
    { rules: ['no-such-rule'] },
    'no rule no-such-rule; gatefleet lint --list-rules shows them\n',
  ],
  [
    'an environment that is not there',
    { environments: ['qa'] },
    'no kustomization is named qa; there are base, overlays/dev, overlays/production\n',
  ],
  [
    'a revision for some environments',
    { environments: ['dev'], since: 'HEAD' },
    '--since looks at everything: leave the names out\n',
  ],
])('%s is wrong use', async (_, options, text) => {
  await expect(lint(options)).resolves.toMatchObject({ exitCode: 2, text });
});

test('a revision that is not there is said with its name', async () => {
  await expect(lint({ since: 'no-such-branch' })).rejects.toMatchObject({
    name: 'KustomizeError',
    message: expect.stringContaining('no-such-branch'),
  });
});

test('what environment.yaml may not change any more is found there, however the overlay carries it on', async () => {
  const environment = (size: string) => `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: dev }
spec:
  cluster: { name: dev-cluster }
  domains: [dev.example.com]
  store:
    servers: 3
    size: ${size}
  certificates: { issuers: [letsencrypt-staging], email: a@example.com }
`;
  await using generated = await commitFiles(await generatedOverlay('dev', environment('5Gi')));
  for (const file of ['environment.yaml', 'patches/consul-storage.yaml'])
    await generated.edit(`overlays/dev/${file}`, '5Gi', '4Gi');
  const rules = ['generated-stale', 'immutable-field', 'volume-not-shrunk'];
  await expect(found({ root: generated.root, rules, since: 'HEAD' })).resolves.toEqual({
    places: [
      ['immutable-field', 'overlays/dev/environment.yaml:9', 'dev'],
      ['volume-not-shrunk', 'overlays/dev/environment.yaml:9', 'dev'],
    ],
    exitCode: 1,
  });
});
