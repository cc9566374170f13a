import { describe, expect, test } from '@jest/globals';
import { checkObjects } from '../../testing/lint-files.ts';
import { object, service, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { containerHasResources } from './container-has-resources.ts';
import { imageIsFixed } from './image-is-fixed.ts';
import { imagePinnedByDigest } from './image-pinned-by-digest.ts';
import { noNodeAccess } from './no-node-access.ts';
import { noSecretInGit } from './no-secret-in-git.ts';
import { podIsConfined } from './pod-is-confined.ts';
import { rightsAreNamed } from './rights-are-named.ts';
import { tokenIsNeeded } from './token-is-needed.ts';
import { workloadHasProbes } from './workload-has-probes.ts';

describe('workload-has-probes', () => {
  const probe = '          readinessProbe:\n            httpGet:\n              port: http\n';
  objectTable(
    workloadHasProbes,
    [
      {
        name: 'a Service of Pods that never say they are ready',
        objects: stream(service(), workload().replace(probe, '')),
        finds: [
          'warning workload-has-probes "name: app" no container of Deployment shop/web has a readinessProbe → Add a readinessProbe to the container that serves.',
        ],
        remedied: { '          resources:\n': `${probe}          resources:\n` },
      },
    ],
    { 'Pods that serve nothing': workload().replace(probe, '') },
  );
});

describe('container-has-resources', () => {
  objectTable(
    containerHasResources,
    [
      {
        name: 'no limit and no request',
        objects: workload()
          .replace('              cpu: 100m\n', '')
          .replace('            limits:\n              memory: 64Mi\n', ''),
        finds: [
          'warning container-has-resources "resources:" the container app of Deployment shop/web has no requests.cpu, limits.memory → Add resources: requests.cpu, limits.memory.',
        ],
        remedied: {
          'requests:\n': 'limits:\n              memory: 64Mi\n            requests:\n              cpu: 1\n',
        },
      },
    ],
    { 'requests and a limit of memory': workload() },
  );
});

describe('pod-is-confined', () => {
  objectTable(
    podIsConfined,
    [
      {
        name: 'a container that may be root and write',
        objects: workload()
          .replace('            runAsNonRoot: true\n', '')
          .replace('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false'),
        finds: [
          'warning pod-is-confined "securityContext:" the container app of Deployment shop/web is without runAsNonRoot: true, readOnlyRootFilesystem: true → Add to its securityContext: runAsNonRoot: true, readOnlyRootFilesystem: true.',
        ],
        remedied: { 'readOnlyRootFilesystem: false': 'readOnlyRootFilesystem: true\n            runAsNonRoot: true' },
      },
    ],
    {
      'what the Pod says for all': workload({ pod: 'securityContext:\n  runAsNonRoot: true' }).replace(
        '            runAsNonRoot: true\n',
        '',
      ),
    },
  );
});

describe('no-node-access', () => {
  objectTable(
    noNodeAccess,
    [
      {
        name: 'the node’s network',
        objects: workload({ pod: 'hostNetwork: true' }),
        finds: [
          'error no-node-access "hostNetwork: true" Deployment shop/web has hostNetwork: true → Remove it; a hostPort opens a single port of the node.',
        ],
        remedied: { '      hostNetwork: true\n': '' },
      },
      {
        name: 'a folder of the node',
        objects: workload({ pod: 'volumes:\n  - name: logs\n    hostPath:\n      path: /var/log' }),
        finds: [
          'error no-node-access "hostPath:" Deployment shop/web mounts the node’s /var/log as logs → Use an emptyDir, a ConfigMap or a PersistentVolumeClaim.',
        ],
        remedied: { 'hostPath:\n            path: /var/log': 'emptyDir: {}' },
      },
      {
        name: 'a privileged container',
        objects: workload().replace('securityContext:\n', 'securityContext:\n            privileged: true\n'),
        finds: [
          'error no-node-access "privileged: true" the container app of Deployment shop/web is privileged → Remove privileged, and add the one capability that it needs.',
        ],
        remedied: { '            privileged: true\n': '' },
      },
    ],
    {
      'a single port of the node': workload().replace(
        'containerPort: 8080',
        'containerPort: 8080\n              hostPort: 80',
      ),
    },
  );
});

describe('token-is-needed', () => {
  const withToken = workload().replace(
    '      automountServiceAccountToken: false\n',
    '      serviceAccountName: web\n',
  );
  const binding = object(
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    'b',
    'roleRef: { kind: ClusterRole, name: view }\nsubjects:\n  - kind: ServiceAccount\n    name: web',
  );
  objectTable(
    tokenIsNeeded,
    [
      {
        name: 'a token of an account without rights',
        objects: withToken,
        finds: [
          'warning token-is-needed "spec:" Deployment shop/web gets a token of the ServiceAccount web, which has no rights → Set automountServiceAccountToken: false in the Pod template or on the ServiceAccount.',
        ],
        remedied: { 'serviceAccountName: web': 'automountServiceAccountToken: false' },
      },
    ],
    {
      'an account with rights': stream(withToken, binding),
      'an account that gives no tokens': stream(
        withToken,
        object('v1', 'ServiceAccount', 'web', 'automountServiceAccountToken: false'),
      ),
    },
  );
});

describe('image-is-fixed', () => {
  objectTable(
    imageIsFixed,
    [
      {
        name: 'latest',
        objects: workload().replace('web:1\n', 'web:latest\n'),
        finds: [
          'warning image-is-fixed "registry.test/web:latest" the container app of Deployment shop/web runs registry.test/web:latest, whatever that is at the time → Name a version, or better a digest.',
        ],
        remedied: { 'web:latest': 'web:1.2' },
      },
      {
        name: 'no tag, with a port in the registry’s name',
        objects: workload().replace('registry.test/web:1\n', 'registry.test:5000/web\n'),
        finds: [
          'warning image-is-fixed "registry.test:5000/web" the container app of Deployment shop/web runs registry.test:5000/web, whatever that is at the time → Name a version, or better a digest.',
        ],
        remedied: { 'test:5000/web': 'test:5000/web:1' },
      },
    ],
    { 'a digest': workload().replace('web:1\n', `web@sha256:${'a'.repeat(64)}\n`) },
  );
});

describe('no-secret-in-git', () => {
  const remedy =
    'Take it out and make it anew: it is known to all who can read the repository. Bring it by an ExternalSecret or a SealedSecret.';
  const key = '-----BEGIN EC PRIVATE KEY-----\n    s3cret\n    -----END EC PRIVATE KEY-----';
  objectTable(
    noSecretInGit,
    [
      {
        name: 'a Secret with content',
        objects: object('v1', 'Secret', 's', 'stringData:\n  password: s3cret'),
        finds: [`error no-secret-in-git "stringData:" Secret shop/s has its content in git → ${remedy}`],
        remedied: { 'stringData:\n  password: s3cret\n': '' },
      },
      {
        name: 'a private key in a ConfigMap',
        objects: object('v1', 'ConfigMap', 'c', `data:\n  tls.key: |\n    ${key}`),
        finds: [`error no-secret-in-git "|" ConfigMap shop/c holds a private key → ${remedy}`],
        remedied: { [key]: 'none' },
      },
      {
        name: 'a token in an argument',
        objects: workload({ container: `args: ["--token=ghp_${'a'.repeat(36)}"]` }),
        finds: [
          `error no-secret-in-git ""--token=ghp_${'a'.repeat(36)}"]" Deployment shop/web holds a token → ${remedy}`,
        ],
        remedied: { [`ghp_${'a'.repeat(36)}`]: '$(TOKEN)' },
      },
    ],
    { 'a public key': object('v1', 'ConfigMap', 'c', 'data:\n  ca.crt: |\n    -----BEGIN CERTIFICATE-----') },
  );
  test('what it found is not in the finding', async () => {
    const found = await checkObjects(noSecretInGit, object('v1', 'ConfigMap', 'c', `data:\n  tls.key: |\n    ${key}`));
    expect(found).toHaveLength(1);
    expect(found.join()).not.toContain('s3cret');
  });
});

describe('rights-are-named', () => {
  const role = (rule: string) => object('rbac.authorization.k8s.io/v1', 'Role', 'r', `rules:\n  - ${rule}`);
  objectTable(
    rightsAreNamed,
    [
      {
        name: 'all verbs',
        objects: role("{ apiGroups: [''], resources: [pods], verbs: ['*'] }"),
        finds: [`error rights-are-named "'*'] }" Role shop/r has verbs: * → Name the verbs that are needed.`],
        remedied: { "'*'": 'get' },
      },
      {
        name: 'a verb with which an account gives itself more',
        objects: role('{ apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [get, escalate] }'),
        finds: [
          'error rights-are-named "escalate] }" Role shop/r has verbs: escalate → Remove the verb escalate: with it the account gives itself any right.',
        ],
        remedied: { ', escalate': '' },
      },
      {
        name: 'cluster-admin',
        objects: object(
          'rbac.authorization.k8s.io/v1',
          'RoleBinding',
          'b',
          'roleRef:\n  kind: ClusterRole\n  name: cluster-admin',
        ),
        finds: [
          'error rights-are-named "cluster-admin" RoleBinding shop/b binds cluster-admin → Bind a role with the rights that are needed.',
        ],
        remedied: { 'name: cluster-admin': 'name: view' },
      },
    ],
    { 'named rights': role("{ apiGroups: [''], resources: [pods], verbs: [get] }") },
  );
});

describe('image-pinned-by-digest', () => {
  const environment = (stage: string) =>
    `apiVersion: gatefleet.dev/v1alpha1\nkind: Environment\nmetadata: { name: dev }\nspec:\n  stage: ${stage}\n  cluster: { name: c }\n  domains: [a.example.com]\n  certificates: { email: a@example.com }\n`;
  objectTable(imagePinnedByDigest, [
    {
      name: 'a tag in production',
      objects: workload(),
      environment: environment('production'),
      finds: [
        'error image-pinned-by-digest "registry.test/web:1" the container app of Deployment shop/web runs registry.test/web:1, without a digest → Add to dev/version/kustomization.yaml the image registry.test/web with its digest.',
      ],
      remedied: { 'web:1': `web:1@sha256:${'a'.repeat(64)}` },
    },
  ]);
  test('a tag elsewhere is let be', async () => {
    expect(await checkObjects(imagePinnedByDigest, workload(), environment('staging'))).toEqual([]);
    expect(await checkObjects(imagePinnedByDigest, workload())).toEqual([]);
  });
});
