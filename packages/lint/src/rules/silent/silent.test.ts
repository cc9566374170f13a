import { describe } from '@jest/globals';
import { fleetTable } from '../../testing/fleet-table.ts';
import { generatedOverlay } from '../../testing/generated-overlay.ts';
import { kustomizationTable } from '../../testing/rule-table.ts';
import { generatedStale } from './generated-stale.ts';
import { imageOverrideMatches } from './image-override-matches.ts';
import { patchKindApplies } from './patch-kind-applies.ts';
import { patchTargetMatches } from './patch-target-matches.ts';
import { referenceExists } from './reference-exists.ts';
import { replicasTargetMatches } from './replicas-target-matches.ts';
import { unusedComponent } from './unused-component.ts';

const base = {
  'base/kustomization.yaml': 'resources:\n  - web.yaml\n',
  'base/web.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - { name: app, image: registry.test/web:1 }\n',
};
const overlay = (...lines: string[]) => ({
  'dev/kustomization.yaml': ['resources:', '  - ../base', ...lines, ''].join('\n'),
});

const environment = `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: dev }
spec:
  cluster: { name: dev-cluster }
  domains: [dev.example.com]
  store: { servers: 5 }
  certificates: { issuers: [letsencrypt-staging], email: a@example.com }
`;
const generated = await generatedOverlay('dev', environment);

describe('generated-stale', () => {
  const patch = 'overlays/dev/patches/consul-servers.yaml';
  const { [patch]: text = '', ...withoutPatch } = generated;
  const found = (what: string) => [
    `error generated-stale overlays/dev/environment.yaml:4:1 ${what} → Run: gatefleet generate dev`,
  ];
  const leftOver = 'overlays/dev/patches/consul-storage.yaml';
  fleetTable(
    generatedStale,
    [
      {
        name: 'a generated file that was edited',
        files: { ...generated, [patch]: text.replace('replicas: 5', 'replicas: 3') },
        finds: found(`${patch} is not as generated`),
        remedied: generated,
      },
      {
        name: 'a generated file that was removed',
        files: withoutPatch,
        finds: found(`${patch} is missing`),
        remedied: generated,
      },
      {
        name: 'a generated file that nothing asks for any more',
        files: { ...generated, [leftOver]: text },
        finds: found(`${leftOver} is left over`),
        remedied: { [leftOver]: undefined },
      },
      {
        name: 'an environment.yaml that was changed afterwards',
        files: { ...generated, 'overlays/dev/environment.yaml': environment.replace('a@example', 'b@example') },
        finds: found('overlays/dev/config/certificate-policy.yaml is not as generated'),
        remedied: generated,
      },
    ],
    {
      'all as generated': generated,
      'a file of the user’s own beside generated ones': { ...generated, 'overlays/dev/patches/own.yaml': 'kind: X\n' },
      'no base to generate from': { 'overlays/dev/environment.yaml': environment },
    },
  );
});

describe('patch-target-matches', () => {
  const component = (name: string) => ({
    'component/kustomization.yaml': `kind: Component\npatches:\n  - target:\n      kind: Deployment\n      name: ${name}\n    path: p.yaml\n`,
    'component/p.yaml': '- { op: add, path: /spec/replicas, value: 2 }\n',
  });
  kustomizationTable(
    patchTargetMatches,
    [
      {
        name: 'a target that matches nothing',
        files: {
          ...base,
          ...overlay('patches:', '  - target:', '      kind: Deployment', '      name: wep', '    path: p.yaml'),
          'dev/p.yaml': '- { op: add, path: /spec/replicas, value: 2 }\n',
        },
        finds: [
          'error patch-target-matches dev/kustomization.yaml:5:7 the patch of Deployment wep hits nothing → Did you mean Deployment web? Else remove the patch.',
        ],
        remedied: overlay('patches:', '  - target:', '      kind: Deployment', '      name: web', '    path: p.yaml'),
      },
      {
        name: 'a strategic-merge patch of no such object',
        files: {
          ...base,
          ...overlay('patches:', '  - path: p.yaml'),
          'dev/p.yaml': 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: database\n',
        },
        finds: [
          'error patch-target-matches dev/kustomization.yaml:4:5 the patch of StatefulSet database hits nothing → Name an object that is there, or remove the patch.',
        ],
        remedied: overlay(),
      },
      {
        name: 'a shared Component whose patch hits nothing anywhere',
        files: { ...base, ...overlay('components:', '  - ../component'), ...component('api') },
        finds: [
          'error patch-target-matches component/kustomization.yaml:4:7 the patch of Deployment api hits nothing → Name an object that is there, or remove the patch.',
        ],
        remedied: component('web'),
      },
    ],
    {
      'a shared Component that hits something in one of two builds': {
        ...base,
        ...overlay('components:', '  - ../component'),
        'other/kustomization.yaml': 'components:\n  - ../component\n',
        ...component('web'),
      },
      'a build that cannot be followed': {
        ...base,
        'dev/kustomization.yaml':
          'resources:\n  - https://example.test/x//y?ref=v1\npatches:\n  - target: { name: far }\n    patch: "[]"\n',
      },
    },
  );
});

describe('patch-kind-applies', () => {
  const patch = 'apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: web\n';
  kustomizationTable(
    patchKindApplies,
    [
      {
        name: 'a patch of another kind on its target',
        files: {
          ...base,
          ...overlay('patches:', '  - target: { kind: Deployment }', '    path: p.yaml'),
          'dev/p.yaml': patch,
        },
        finds: [
          'error patch-kind-applies dev/p.yaml:2:7 the patch of Deployment says kind DaemonSet; its target is a Deployment and stays one → Write kind: Deployment, or add options: { allowKindChange: true } to the patch to make it a DaemonSet.',
        ],
        remedied: overlay(
          'patches:',
          '  - target: { kind: Deployment }',
          '    path: p.yaml',
          '    options: { allowKindChange: true }',
        ),
      },
    ],
    {
      'a patch of its target’s own kind': {
        ...base,
        ...overlay('patches:', '  - target: { kind: Deployment }', '    path: p.yaml'),
        'dev/p.yaml': patch.replace('DaemonSet', 'Deployment'),
      },
      'a patch that says no kind': {
        ...base,
        ...overlay('patches:', '  - target: { kind: Deployment }', '    path: p.yaml'),
        'dev/p.yaml': '- { op: add, path: /spec/replicas, value: 2 }\n',
      },
    },
  );
});

describe('image-override-matches', () => {
  kustomizationTable(
    imageOverrideMatches,
    [
      {
        name: 'a name without its registry',
        files: { ...base, ...overlay('images:', '  - name: web', '    newTag: "2"') },
        finds: [
          'error image-override-matches dev/kustomization.yaml:4:5 the override of image web hits nothing → Did you mean registry.test/web? Else remove the entry.',
        ],
        remedied: overlay('images:', '  - name: registry.test/web', '    newTag: "2"'),
      },
      {
        name: 'a name that nothing is like',
        files: { ...base, ...overlay('images:', '  - name: postgres', '    newTag: "2"') },
        finds: [
          'error image-override-matches dev/kustomization.yaml:4:5 the override of image postgres hits nothing → Remove it, or name an image that is there: registry.test/web.',
        ],
        remedied: overlay(),
      },
    ],
    {
      'a Component of one digest alone': {
        ...base,
        ...overlay('components:', '  - ../version'),
        'version/kustomization.yaml': `kind: Component\nimages:\n  - name: registry.test/web\n    digest: sha256:${'a'.repeat(64)}\n`,
      },
    },
  );
});

describe('replicas-target-matches', () => {
  kustomizationTable(
    replicasTargetMatches,
    [
      {
        name: 'replicas of nothing',
        files: { ...base, ...overlay('replicas:', '  - name: wbe', '    count: 2') },
        finds: [
          'error replicas-target-matches dev/kustomization.yaml:4:5 the replicas of wbe hit nothing → Did you mean web? Else remove the entry.',
        ],
        remedied: overlay('replicas:', '  - name: web', '    count: 2'),
      },
    ],
    { 'replicas of a Deployment of the base': { ...base, ...overlay('replicas:', '  - name: web', '    count: 2') } },
  );
});

describe('unused-component', () => {
  const component = (image: string) => ({
    'c/kustomization.yaml': `kind: Component\nimages:\n  - name: ${image}\n    newTag: "3"\n`,
  });
  kustomizationTable(
    unusedComponent,
    [
      {
        name: 'a Component that nobody names',
        files: { ...base, ...overlay(), ...component('registry.test/web') },
        finds: [
          'warning unused-component c/kustomization.yaml:1:7 no kustomization names the Component c → Name it under components of a kustomization, or remove it.',
        ],
        remedied: overlay('components:', '  - ../c'),
      },
      {
        name: 'a Component that changes nothing',
        files: { ...base, ...overlay('components:', '  - ../c'), ...component('other') },
        finds: [
          'warning unused-component c/kustomization.yaml:1:7 the Component c changes nothing where it is used → Mend the targets of its patches and overrides, or remove it.',
        ],
        remedied: component('registry.test/web'),
      },
    ],
    {
      'one that changes something in one of two places': {
        ...base,
        ...overlay('components:', '  - ../c'),
        'other/kustomization.yaml': 'components:\n  - ../c\n',
        ...component('registry.test/web'),
      },
    },
  );
});

describe('reference-exists', () => {
  const good = overlay();
  kustomizationTable(
    referenceExists,
    [
      {
        name: 'a file that is not there',
        files: { ...base, ...overlay('  - ingress.yaml') },
        finds: [
          'error reference-exists dev/kustomization.yaml:3:5 resources names ingress.yaml, which is not there → Correct the path, or add what it names.',
        ],
        remedied: good,
      },
      {
        name: 'a file above the kustomization',
        files: { ...base, ...overlay('patches:', '  - path: ../common.yaml'), 'common.yaml': 'kind: X\n' },
        finds: [
          'error reference-exists dev/kustomization.yaml:4:11 patches names the file ../common.yaml above its own folder, which kustomize will not read → Move the file here, or share it by a Component.',
        ],
        remedied: good,
      },
      {
        name: 'a folder without a kustomization',
        files: { ...base, ...overlay('  - ../plain'), 'plain/a.yaml': 'kind: X\n' },
        finds: [
          'error reference-exists dev/kustomization.yaml:3:5 resources names the folder ../plain, which has no kustomization → Add a kustomization.yaml there, or name its files.',
        ],
        remedied: { 'plain/kustomization.yaml': 'resources: [a.yaml]\n' },
      },
      {
        name: 'a path out of the repository',
        files: { ...base, ...overlay('  - ../../elsewhere') },
        finds: [
          'error reference-exists dev/kustomization.yaml:3:5 resources names ../../elsewhere, which is outside of the repository → Copy it into the repository, or name it by its address.',
        ],
        remedied: good,
      },
    ],
    { 'files below, a base beside, and an address': { ...base, ...overlay('  - https://example.test/x//y?ref=v1') } },
  );
});
