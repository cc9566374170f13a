import { beforeAll, expect, test } from '@jest/globals';
import { ensureTools } from '@gatefleet/toolchain';
import { foreignRepositories } from './testing/foreign/foreign-repositories.ts';
import { lintFiles, type Files } from './testing/lint-files.ts';

let kustomize = '';
beforeAll(async () => {
  kustomize = (await ensureTools(['kustomize'])).kustomize.path;
}, 300_000);

interface Followed {
  readonly finds: string;
  /** One replacement in one file. */
  readonly remedy: readonly [file: string, from: string, to: string];
}

const cases: Record<keyof typeof foreignRepositories, readonly Followed[]> = {
  fluxStyle: [
    {
      finds:
        'error service-port-exists apps/base/ledger/service.yaml:11:19 Service ledger/ledger leads to the port web, which its Pods do not have → Use one of the ports that are there: http.',
      remedy: ['apps/base/ledger/service.yaml', 'targetPort: web', 'targetPort: http'],
    },
    {
      finds:
        'error schema-valid apps/production/ledger-replicas.yaml:7:3 Deployment ledger/ledger: spec.minReadySecond is not a field → Did you mean minReadySeconds?',
      remedy: ['apps/production/ledger-replicas.yaml', 'minReadySecond:', 'minReadySeconds:'],
    },
    {
      finds:
        'error image-override-matches apps/staging/kustomization.yaml:6:5 the override of image registry.example.org/leger hits nothing → Did you mean registry.example.org/ledger? Else remove the entry.',
      remedy: ['apps/staging/kustomization.yaml', 'org/leger', 'org/ledger'],
    },
  ],
  appEnvs: [
    {
      finds:
        'error api-version-served apps/orders/base/budget.yaml:1:13 PodDisruptionBudget orders-dev/dev-api: policy/v1beta1 PodDisruptionBudget is not served since Kubernetes 1.25 → Use policy/v1 PodDisruptionBudget.',
      remedy: ['apps/orders/base/budget.yaml', 'policy/v1beta1', 'policy/v1'],
    },
    {
      finds:
        'error config-map-exists apps/orders/base/workload.yaml:27:37 Deployment orders-dev/dev-api needs the ConfigMap orders-features, which is not there → Add it, or mark the reference optional.',
      remedy: ['apps/orders/base/workload.yaml', 'name: orders-features', 'name: orders-features, optional: true'],
    },
    {
      finds:
        'error patch-target-matches apps/orders/envs/prod/kustomization.yaml:10:13 the patch of Deployment apis (group apps, version v1) hits nothing → Did you mean Deployment api? Else remove the patch.',
      remedy: ['apps/orders/envs/prod/kustomization.yaml', 'name: apis', 'name: api'],
    },
    {
      finds:
        'warning unused-component components/debug/kustomization.yml:2:7 no kustomization names the Component components/debug → Name it under components of a kustomization, or remove it.',
      remedy: [
        'apps/orders/envs/dev/kustomization.yaml',
        '  - ../../base\n',
        '  - ../../base\ncomponents:\n  - ../../../../components/debug\n',
      ],
    },
  ],
};

test.each(Object.entries(cases))(
  'in %s the planted mistakes are found, and gone when remedied',
  async (name, planted) => {
    const files: Files = foreignRepositories[name as keyof typeof foreignRepositories];
    const found = await lintFiles(files, kustomize);
    expect(found).toEqual(planted.map(({ finds }) => finds));

    const mended: Record<string, string> = { ...files };
    for (const { remedy } of planted) {
      const [file, from, to] = remedy;
      expect(mended[file]).toContain(from);
      mended[file] = mended[file]!.replace(from, to);
    }
    expect(await lintFiles(mended, kustomize)).toEqual([]);
  },
);
