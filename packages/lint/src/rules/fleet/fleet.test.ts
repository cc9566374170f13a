import { describe } from '@jest/globals';
import { fleetTable } from '../../testing/fleet-table.ts';
import type { Files } from '../../testing/lint-files.ts';
import { object, workload } from '../../testing/manifests.ts';
import { applicationAllowedByProject } from './application-allowed-by-project.ts';
import { applicationNamesUnique } from './application-names-unique.ts';
import { applicationPathExists } from './application-path-exists.ts';
import { certificateBudget } from './certificate-budget.ts';
import { generatePathsComplete } from './generate-paths-complete.ts';
import { hostClaimedOnce } from './host-claimed-once.ts';
import { hostInsideZones } from './host-inside-zones.ts';
import { issuerFitsStage } from './issuer-fits-stage.ts';
import { namespaceOfOneEnvironment } from './namespace-of-one-environment.ts';
import { productionFollowsStaging } from './production-follows-staging.ts';
import { promotionHasAStart } from './promotion-has-a-start.ts';
import { stagingIsLikeProduction } from './staging-is-like-production.ts';
import { zoneInOneEnvironment } from './zone-in-one-environment.ts';

const environment = (name: string, ...lines: string[]): Files => ({
  [`overlays/${name}/kustomization.yaml`]: 'resources: []\n',
  [`overlays/${name}/environment.yaml`]: `apiVersion: gatefleet.dev/v1alpha1
kind: Environment
metadata: { name: ${name} }
spec:
  cluster: { name: ${name}-cluster }
  domains: [${name}.example.com]
  certificates: { email: a@example.com, issuers: [{ directory: "https://ca.example.com/dir" }] }
${lines.map((line) => `  ${line}\n`).join('')}`,
});

const edited = (files: Files, file: string, from: string, to: string): Files => ({
  ...files,
  [file]: (files[file] ?? '').replace(from, to),
});

const ingress = (name: string, namespace: string, ...hosts: string[]) =>
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  rules:
${hosts.map((host) => `    - host: ${host}\n`).join('')}`;

/** Something that Argo CD deploys to an environment's cluster. */
const deployed = (name: string, cluster: string, content: string): Files => ({
  [`apps/${name}/kustomization.yaml`]: 'resources: [all.yaml]\n',
  [`apps/${name}/all.yaml`]: content,
  [`argocd/${name}/kustomization.yaml`]: 'resources: [application.yaml]\n',
  [`argocd/${name}/application.yaml`]: application(name, `apps/${name}`, cluster),
});

function application(name: string, path: string, cluster: string, more = ''): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: ${name}
  namespace: argocd${more}
spec:
  project: ${name}
  source:
    repoURL: https://github.com/gatefleet/gatefleet.git
    path: ${path}
  destination:
    name: ${cluster}
    namespace: shop
`;
}

describe('host-claimed-once', () => {
  const two = (first: string, second: string) => `${first}---\n${second}`;
  fleetTable(
    hostClaimedOnce,
    [
      {
        name: 'two namespaces',
        files: {
          ...environment('dev'),
          ...deployed(
            'shop',
            'dev-cluster',
            two(ingress('a', 'one', 'x.dev.example.com'), ingress('b', 'two', 'x.dev.example.com')),
          ),
        },
        finds: [
          'error host-claimed-once apps/shop/all.yaml:17:13 Ingress two/b claims x.dev.example.com, which Ingress one/a has in the namespace one → Keep the host in one of them.',
        ],
        remedied: {
          'apps/shop/all.yaml': two(ingress('a', 'one', 'x.dev.example.com'), ingress('b', 'two', 'y.dev.example.com')),
        },
      },
      {
        name: 'two environments',
        files: {
          ...environment('dev'),
          ...environment('qa'),
          ...deployed('one', 'dev-cluster', ingress('a', 'shop', 'x.dev.example.com')),
          ...deployed('two', 'qa-cluster', ingress('a', 'shop', 'X.dev.example.com')),
        },
        finds: [
          'error host-claimed-once apps/two/all.yaml:8:13 Ingress shop/a claims x.dev.example.com, which Ingress shop/a has in dev → Keep the host in one of them.',
        ],
        remedied: { 'apps/two/all.yaml': ingress('a', 'shop', 'x.qa.example.com') },
      },
    ],
    {
      'one namespace, twice': {
        ...environment('dev'),
        ...deployed(
          'shop',
          'dev-cluster',
          two(ingress('a', 'one', 'x.dev.example.com'), ingress('b', 'one', 'x.dev.example.com')),
        ),
      },
    },
  );
});

describe('host-inside-zones', () => {
  const shop = (namespace: string, host: string) => deployed('shop', 'dev-cluster', ingress('a', namespace, host));
  const tenancy =
    'tenancy: [{ domains: [team.dev.example.com], namespaces: [team] }, { domains: [open.team.dev.example.com], namespaces: [team, other] }]';
  fleetTable(
    hostInsideZones,
    [
      {
        name: 'a host of another domain',
        files: { ...environment('dev'), ...shop('shop', 'shop.example.com') },
        finds: [
          'error host-inside-zones apps/shop/all.yaml:8:13 Ingress shop/a has the host shop.example.com, outside of the domains of dev → Use a host below dev.example.com, or add a domain in overlays/dev/environment.yaml.',
        ],
        remedied: shop('shop', 'shop.dev.example.com'),
      },
      {
        name: 'a domain of another tenant',
        files: { ...environment('dev', tenancy), ...shop('other', 'x.team.dev.example.com') },
        finds: [
          'error host-inside-zones apps/shop/all.yaml:8:13 Ingress other/a claims x.team.dev.example.com, which only team may in dev → Use another host, or add other to spec.tenancy in overlays/dev/environment.yaml.',
        ],
        remedied: shop('other', 'x.open.team.dev.example.com'),
      },
    ],
    {
      'what is deployed who knows where': {
        ...environment('dev'),
        'apps/x/kustomization.yaml': 'resources: [a.yaml]\n',
        'apps/x/a.yaml': ingress('a', 'b', 'x.other.org'),
      },
    },
  );
});

describe('zone-in-one-environment', () => {
  const both = {
    ...environment('dev'),
    ...edited(environment('qa'), 'overlays/qa/environment.yaml', 'qa.example.com', 'dev.example.com'),
  };
  fleetTable(
    zoneInOneEnvironment,
    [
      {
        name: 'one domain twice',
        files: both,
        finds: [
          'error zone-in-one-environment overlays/qa/environment.yaml:6:13 qa has the domain dev.example.com, and so has dev → Remove it from one of them, or use a name below it such as qa.dev.example.com.',
        ],
        remedied: edited(both, 'overlays/qa/environment.yaml', 'dev.example.com', 'qa.dev.example.com'),
      },
    ],
    {
      'a domain below another’s': {
        ...environment('dev'),
        ...edited(environment('qa'), 'overlays/qa/environment.yaml', 'qa.example.com', 'qa.dev.example.com'),
      },
    },
  );
});

describe('namespace-of-one-environment', () => {
  const both = {
    ...environment('dev'),
    ...edited(environment('qa'), 'overlays/qa/environment.yaml', 'qa-cluster', 'dev-cluster'),
  };
  fleetTable(
    namespaceOfOneEnvironment,
    [
      {
        name: 'one namespace of one cluster twice',
        files: both,
        finds: [
          'error namespace-of-one-environment overlays/qa/environment.yaml:5:20 qa is deployed to the namespace gatefleet of the cluster dev-cluster, and so is dev → Give one of them a namespace of its own, such as spec.namespace: gatefleet-qa.',
        ],
        remedied: edited(both, 'overlays/qa/environment.yaml', '  domains', '  namespace: gatefleet-qa\n  domains'),
      },
    ],
    { 'one namespace in each of two clusters': { ...environment('dev'), ...environment('qa') } },
  );
});

describe('issuer-fits-stage', () => {
  const issued = (stage: string, issuer: string): Files =>
    edited(
      environment('dev', `stage: ${stage}`),
      'overlays/dev/environment.yaml',
      '{ directory: "https://ca.example.com/dir" }',
      issuer,
    );
  fleetTable(
    issuerFitsStage,
    [
      {
        name: 'a trial on the production CA',
        files: issued('development', 'letsencrypt'),
        finds: [
          'error issuer-fits-stage overlays/dev/environment.yaml:7:51 dev is development and asks letsencrypt for certificates → Write issuers: [letsencrypt-staging], or set spec.stage to production if that is what it is.',
        ],
        remedied: issued('development', 'letsencrypt-staging'),
      },
      {
        name: 'production on the staging CA',
        files: issued('production', 'letsencrypt-staging'),
        finds: [
          'error issuer-fits-stage overlays/dev/environment.yaml:7:51 dev is production and asks letsencrypt-staging for certificates → Write letsencrypt: browsers trust no certificate of the staging CA.',
        ],
        remedied: issued('production', 'letsencrypt'),
      },
    ],
    { 'a CA of one’s own': environment('dev', 'stage: staging') },
  );
});

describe('certificate-budget', () => {
  const production = edited(
    environment('dev', 'stage: production'),
    'overlays/dev/environment.yaml',
    '{ directory: "https://ca.example.com/dir" }',
    'letsencrypt',
  );
  const many = (count: number) =>
    deployed(
      'shop',
      'dev-cluster',
      Array.from({ length: count }, (_, i) => ingress(`i${i}`, 'shop', `h${i}.dev.example.com`)).join('---\n'),
    );
  const together = deployed(
    'shop',
    'dev-cluster',
    ingress('all', 'shop', ...Array.from({ length: 60 }, (_, i) => `h${i}.dev.example.com`)),
  );
  fleetTable(
    certificateBudget,
    [
      {
        name: 'more than Let’s Encrypt gives in a week',
        files: { ...production, ...many(60) },
        finds: [
          'error certificate-budget overlays/dev/environment.yaml:6:3 60 certificates for example.com are 120 % of the 50 certificates for one registered domain in 7 days that Let’s Encrypt allows; issuing all takes 1 day 10 hours at least → Put hosts together into fewer Ingresses, use a wildcard by dns-01, or another CA for some domains.',
        ],
        remedied: together,
      },
      {
        name: 'half of it',
        files: { ...production, ...many(25) },
        finds: [
          'warning certificate-budget overlays/dev/environment.yaml:6:3 25 certificates for example.com are 50 % of the 50 certificates for one registered domain in 7 days that Let’s Encrypt allows → Put hosts together into fewer Ingresses, use a wildcard by dns-01, or another CA for some domains.',
        ],
        remedied: together,
      },
    ],
    { 'less than half of it': { ...production, ...many(24) }, 'another CA': { ...environment('dev'), ...many(60) } },
  );
});

describe('production-follows-staging', () => {
  const version = (name: string, tag: string): Files => ({
    [`overlays/${name}/version/kustomization.yaml`]: `kind: Component\nimages:\n  - name: traefik\n    newTag: ${tag}\n`,
  });
  const fleet = { ...environment('staging', 'stage: staging'), ...environment('prod', 'stage: production') };
  fleetTable(
    productionFollowsStaging,
    [
      {
        name: 'a version that staging never had',
        files: { ...fleet, ...version('staging', 'v1'), ...version('prod', 'v2') },
        finds: [
          'error production-follows-staging overlays/prod/version/kustomization.yaml:3:5 prod runs traefik v2, which staging never had → Bring it to staging first, and promote it from there. In a shallow clone the history is not there: git fetch --unshallow.',
        ],
        remedied: version('staging', 'v2'),
      },
    ],
    { 'no staging': { ...environment('prod', 'stage: production'), ...version('prod', 'v2') } },
  );
});

describe('promotion-has-a-start', () => {
  const from = (name: string, source: string) => environment(name, `promotion: { from: ${source} }`);
  fleetTable(
    promotionHasAStart,
    [
      {
        name: 'an environment that is not there',
        files: { ...environment('dev'), ...from('prod', 'staging') },
        finds: [
          'error promotion-has-a-start overlays/prod/environment.yaml:8:22 prod is promoted to from staging, and there is no such environment → Write one of dev, or remove spec.promotion.',
        ],
        remedied: from('prod', 'dev'),
      },
      {
        name: 'a ring, and one that hangs on it',
        files: { ...from('dev', 'staging'), ...from('prod', 'staging'), ...from('staging', 'dev') },
        finds: [
          'error promotion-has-a-start overlays/dev/environment.yaml:8:22 dev is promoted to from staging, and that from dev in the end → Remove spec.promotion from the one that people push to.',
          'error promotion-has-a-start overlays/staging/environment.yaml:8:22 staging is promoted to from dev, and that from staging in the end → Remove spec.promotion from the one that people push to.',
        ],
        remedied: environment('dev'),
      },
    ],
    { 'a row': { ...environment('dev'), ...from('staging', 'dev'), ...from('prod', 'staging') } },
  );
});

describe('staging-is-like-production', () => {
  const fleet = (line: string) => ({
    ...environment('staging', 'stage: staging'),
    ...environment('prod', 'stage: production', line),
  });
  fleetTable(
    stagingIsLikeProduction,
    [
      {
        name: 'another kind of workload',
        files: fleet('gateway: { workload: DaemonSet }'),
        finds: [
          'warning staging-is-like-production overlays/prod/environment.yaml:9:14 spec.gateway.workload is DaemonSet in prod, and Deployment in staging → Make them alike, or waive it with the reason.',
        ],
        remedied: environment('staging', 'stage: staging', 'gateway: { workload: DaemonSet }'),
      },
    ],
    {
      'one of two staging environments is like it': {
        ...fleet('gateway: { workload: DaemonSet }'),
        ...environment('canary', 'stage: staging', 'gateway: { workload: DaemonSet }'),
      },
      'another number of gateways': fleet('gateway: { replicas: 9 }'),
    },
  );
});

describe('application-names-unique', () => {
  const app = (folder: string, name: string): Files => ({
    [`${folder}/kustomization.yaml`]: 'resources: [a.yaml]\n',
    [`${folder}/a.yaml`]: application(name, 'x', 'c'),
  });
  fleetTable(
    applicationNamesUnique,
    [
      {
        name: 'one name twice',
        files: { ...app('one', 'shop'), ...app('two', 'shop') },
        finds: [
          'error application-names-unique two/a.yaml:4:9 the Application shop is in one too → Give it a name of its own.',
        ],
        remedied: app('two', 'shop-two'),
      },
    ],
    { 'two names': { ...app('one', 'shop'), ...app('two', 'cart') } },
  );
});

describe('application-path-exists', () => {
  const app = (path: string): Files => ({
    'argocd/kustomization.yaml': 'resources: [a.yaml]\n',
    'argocd/a.yaml': application('dev', path, 'c'),
  });
  fleetTable(
    applicationPathExists,
    [
      {
        name: 'a folder that is not there',
        files: { ...environment('dev'), ...app('overlays/def') },
        finds: [
          'error application-path-exists argocd/a.yaml:10:11 the Application dev deploys overlays/def, where there is no kustomization → Correct the path.',
        ],
        remedied: app('overlays/dev'),
      },
    ],
    { 'a folder that is there': { ...environment('dev'), ...app('overlays/dev') } },
  );
});

describe('application-allowed-by-project', () => {
  const project = (spec: string) =>
    `---\napiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata:\n  name: shop\n  namespace: argocd\nspec:\n${spec}`;
  const open =
    "  sourceRepos: ['https://github.com/gatefleet/*']\n  destinations: [{ name: dev-cluster, namespace: shop }]\n";
  const files = (spec: string): Files => ({
    ...deployed('shop', 'dev-cluster', workload()),
    'argocd/shop/application.yaml': application('shop', 'apps/shop', 'dev-cluster') + project(spec),
  });
  const good = files(open);
  fleetTable(
    applicationAllowedByProject,
    [
      {
        name: 'a project that is not there',
        files: { ...deployed('shop', 'dev-cluster', workload()) },
        finds: [
          'error application-allowed-by-project argocd/shop/application.yaml:7:12 the Application shop is of the AppProject shop, which is not there → Add it, or name one that is there: there is none.',
        ],
        remedied: good,
      },
      {
        name: 'a repository that the project does not have',
        files: files(open.replace('gatefleet/*', 'other/*')),
        finds: [
          'error application-allowed-by-project argocd/shop/application.yaml:9:14 the AppProject shop does not let shop read https://github.com/gatefleet/gatefleet.git → Add the repository to sourceRepos of the AppProject, or correct it.',
        ],
        remedied: good,
      },
      {
        name: 'a destination that the project does not have',
        files: files(open.replace('namespace: shop', 'namespace: else')),
        finds: [
          'error application-allowed-by-project argocd/shop/application.yaml:11:3 the AppProject shop does not let shop deploy to dev-cluster/shop → Add the destination to the AppProject, or correct it.',
        ],
        remedied: good,
      },
      {
        name: 'a kind that the project does not allow',
        files: files(`${open}  namespaceResourceWhitelist: [{ group: '', kind: Service }]\n`),
        finds: [
          'error application-allowed-by-project apps/shop/all.yaml:2:7 the AppProject shop does not let shop deploy the kind Deployment of apps → Allow it in the AppProject shop, or take the object out.',
        ],
        remedied: files(`${open}  namespaceResourceWhitelist: [{ group: 'apps', kind: '*' }]\n`),
      },
      {
        name: 'a kind of the cluster that the project does not name',
        files: edited(
          good,
          'apps/shop/all.yaml',
          workload(),
          'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
        ),
        finds: [
          'error application-allowed-by-project apps/shop/all.yaml:2:7 the AppProject shop does not let shop deploy the kind Namespace → Allow it in the AppProject shop, or take the object out.',
        ],
        remedied: { 'apps/shop/all.yaml': workload() },
      },
      {
        name: 'a namespace that the project does not have',
        files: edited(
          good,
          'apps/shop/all.yaml',
          workload(),
          object('v1', 'ConfigMap', 'c', 'data: {}').replace('namespace: shop', 'namespace: kube-system'),
        ),
        finds: [
          'error application-allowed-by-project apps/shop/all.yaml:2:7 the AppProject shop does not let shop deploy to the namespace kube-system → Allow it in the AppProject shop, or take the object out.',
        ],
        remedied: { 'apps/shop/all.yaml': workload() },
      },
    ],
    { 'what the project allows': good },
  );
});

describe('generate-paths-complete', () => {
  const files = (annotation: string): Files => ({
    'base/kustomization.yaml': 'resources: []\n',
    'apps/shop/kustomization.yaml': 'resources: [../../base]\n',
    'argocd/kustomization.yaml': 'resources: [a.yaml]\n',
    'argocd/a.yaml': application(
      'shop',
      'apps/shop',
      'c',
      `\n  annotations:\n    argocd.argoproj.io/manifest-generate-paths: ${annotation}`,
    ),
  });
  fleetTable(
    generatePathsComplete,
    [
      {
        name: 'a base that is left out',
        files: files('.'),
        finds: [
          'error generate-paths-complete argocd/a.yaml:7:49 the manifest-generate-paths of shop leave out base → Write .;/base',
        ],
        remedied: files('.;/base'),
      },
    ],
    {
      'a path that is relative': files('.;../../base'),
      'a pattern': files('.;/bas*'),
      'no annotation': edited(files('x'), 'argocd/a.yaml', 'argocd.argoproj.io/manifest-generate-paths: x', 'a: b'),
    },
  );
});
