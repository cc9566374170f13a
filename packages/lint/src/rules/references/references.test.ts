import { describe } from '@jest/globals';
import { object, service, stream, workload } from '../../testing/manifests.ts';
import { objectTable } from '../../testing/rule-table.ts';
import { autoscalerTargetExists } from './autoscaler-target-exists.ts';
import { budgetSelectsPods } from './budget-selects-pods.ts';
import { configMapExists } from './config-map-exists.ts';
import { ingressBackendExists } from './ingress-backend-exists.ts';
import { networkPolicyPeerExists } from './network-policy-peer-exists.ts';
import { networkPolicyPortExists } from './network-policy-port-exists.ts';
import { networkPolicySelectsPods } from './network-policy-selects-pods.ts';
import { probePortExists } from './probe-port-exists.ts';
import { roleExists } from './role-exists.ts';
import { secretHasMaker } from './secret-has-maker.ts';
import { selectorMatchesTemplate } from './selector-matches-template.ts';
import { serviceAccountExists } from './service-account-exists.ts';
import { servicePortExists } from './service-port-exists.ts';
import { serviceSelectsPods } from './service-selects-pods.ts';
import { spreadSelectsItself } from './spread-selects-itself.ts';
import { statefulSetServiceExists } from './stateful-set-service-exists.ts';
import { volumeExists } from './volume-exists.ts';

describe('service-selects-pods', () => {
  objectTable(
    serviceSelectsPods,
    [
      {
        name: 'a selector of a label that no Pod has',
        objects: stream(object('v1', 'Service', 'web', 'spec:\n  selector:\n    app: wbe\n'), workload()),
        finds: [
          'error service-selects-pods "selector:" Service shop/web selects app=wbe, which no Pod has → Give the selector labels that the Pod template has.',
        ],
        remedied: { 'app: wbe': 'app: web' },
      },
    ],
    {
      'a Service without a selector': object('v1', 'Service', 'web', 'spec:\n  type: ExternalName\n'),
      'a Service of Pods': stream(service(), workload()),
    },
  );
});

describe('service-port-exists', () => {
  objectTable(
    servicePortExists,
    [
      {
        name: 'a name that the Pods do not have',
        objects: stream(service().replace('targetPort: http', 'targetPort: web'), workload()),
        finds: [
          'error service-port-exists "web" Service shop/web leads to the port web, which its Pods do not have → Use one of the ports that are there: http.',
        ],
        remedied: { 'targetPort: web': 'targetPort: http' },
      },
    ],
    { 'a number': stream(service().replace('targetPort: http', 'targetPort: 9999'), workload()) },
  );
});

describe('ingress-backend-exists', () => {
  const ingress = (name: string, port: string) =>
    object(
      'networking.k8s.io/v1',
      'Ingress',
      'web',
      `spec:\n  rules:\n    - host: a.test\n      http:\n        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n              service:\n                name: ${name}\n                port:\n                  ${port}`,
    );
  objectTable(
    ingressBackendExists,
    [
      {
        name: 'a Service that is not there',
        objects: stream(ingress('wbe', 'number: 80'), service(), workload()),
        finds: [
          'error ingress-backend-exists "wbe" Ingress shop/web leads to the Service wbe, which is not there → Name one that is there: web.',
        ],
        remedied: { 'name: wbe': 'name: web' },
      },
      {
        name: 'a port that the Service does not have',
        objects: stream(ingress('web', 'name: https'), service(), workload()),
        finds: [
          'error ingress-backend-exists "https" Ingress shop/web leads to port https of the Service web, which it does not have → Use a port that it has: 80 http.',
        ],
        remedied: { 'name: https': 'name: http' },
      },
      {
        name: 'a default backend that is not there',
        objects: object(
          'networking.k8s.io/v1',
          'Ingress',
          'web',
          'spec:\n  defaultBackend:\n    service:\n      name: none\n      port:\n        number: 80\n',
        ),
        finds: [
          'error ingress-backend-exists "none" Ingress shop/web leads to the Service none, which is not there → Add the Service.',
        ],
        remedied: {
          'spec:\n  defaultBackend:\n    service:\n      name: none\n      port:\n        number: 80\n': 'spec: {}\n',
        },
      },
    ],
    { 'a port by number': stream(ingress('web', 'number: 80'), service(), workload()) },
  );
});

describe('config-map-exists', () => {
  const settings = object('v1', 'ConfigMap', 'settings', 'data:\n  a: "1"\n');
  objectTable(
    configMapExists,
    [
      {
        name: 'a volume of one that is not there',
        objects: stream(settings, workload({ pod: 'volumes:\n  - name: c\n    configMap:\n      name: setings' })),
        finds: [
          'error config-map-exists "setings" Deployment shop/web needs the ConfigMap setings, which is not there → Add it, name one that is there (settings), or mark the reference optional.',
        ],
        remedied: { 'name: setings': 'name: settings' },
      },
      {
        name: 'a key that it does not have',
        objects: stream(
          settings,
          workload({
            container:
              'env:\n  - name: A\n    valueFrom:\n      configMapKeyRef:\n        name: settings\n        key: b',
          }),
        ),
        finds: [
          'error config-map-exists "settings" Deployment shop/web needs the key b of the ConfigMap settings, which it does not have → Use a key that it has: a.',
        ],
        remedied: { 'key: b': 'key: a' },
      },
      {
        name: 'all of one that is not there',
        objects: workload({ container: 'envFrom:\n  - configMapRef:\n      name: none' }),
        finds: [
          'error config-map-exists "none" Deployment shop/web needs the ConfigMap none, which is not there → Add it, or mark the reference optional.',
        ],
        remedied: { 'name: none': 'name: none\n                optional: true' },
      },
    ],
    {
      'the one of every namespace': workload({
        pod: 'volumes:\n  - name: c\n    projected:\n      sources:\n        - configMap:\n            name: kube-root-ca.crt',
      }),
    },
  );
});

describe('secret-has-maker', () => {
  const using = workload({ pod: 'volumes:\n  - name: s\n    secret:\n      secretName: key' });
  objectTable(
    secretHasMaker,
    [
      {
        name: 'a Secret that nothing tells of',
        objects: stream(using, object('batch/v1', 'Job', 'maker', 'spec: {}')),
        finds: [
          'warning secret-has-maker "key" Deployment shop/web needs the Secret key, and nothing says who makes it → Correct the name, or write the annotation gatefleet.dev/makes-secrets: key on what makes it.',
        ],
        remedied: { 'name: maker\n': 'name: maker\n  annotations:\n    gatefleet.dev/makes-secrets: other, key\n' },
      },
    ],
    {
      'an ExternalSecret': stream(using, object('external-secrets.io/v1', 'ExternalSecret', 'key', 'spec: {}')),
      'a Certificate': stream(using, object('cert-manager.io/v1', 'Certificate', 'x', 'spec:\n  secretName: key')),
    },
  );
});

describe('service-account-exists', () => {
  const account = object('v1', 'ServiceAccount', 'web', '');
  const binding = (name: string) =>
    object(
      'rbac.authorization.k8s.io/v1',
      'RoleBinding',
      'b',
      `roleRef:\n  kind: ClusterRole\n  name: view\nsubjects:\n  - kind: ServiceAccount\n    name: ${name}`,
    );
  objectTable(
    serviceAccountExists,
    [
      {
        name: 'an account that is not there',
        objects: stream(account, workload({ pod: 'serviceAccountName: wbe' })),
        finds: [
          'error service-account-exists "wbe" Deployment shop/web runs as the ServiceAccount wbe, which is not there → Add it, or name one that is there: web.',
        ],
        remedied: { 'serviceAccountName: wbe': 'serviceAccountName: web' },
      },
      {
        name: 'a binding of one that is not there',
        objects: stream(account, workload(), binding('old')),
        finds: [
          'error service-account-exists "old" RoleBinding shop/b gives rights to the ServiceAccount shop/old, which is not there → Add it, or name one that is there: web.',
        ],
        remedied: { 'name: old': 'name: web' },
      },
    ],
    { 'an account of another namespace': stream(workload(), `${binding('x')}    namespace: elsewhere\n`) },
  );
});

describe('role-exists', () => {
  const binding = (kind: string, name: string) =>
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'b', `roleRef:\n  kind: ${kind}\n  name: ${name}`);
  objectTable(
    roleExists,
    [
      {
        name: 'a Role that is not there',
        objects: stream(
          binding('Role', 'readre'),
          object('rbac.authorization.k8s.io/v1', 'Role', 'reader', 'rules: []'),
        ),
        finds: [
          'error role-exists "readre" RoleBinding shop/b binds the Role readre, which is not there → Add it, or name one that is there: reader.',
        ],
        remedied: { 'name: readre': 'name: reader' },
      },
    ],
    { 'a role of every cluster': binding('ClusterRole', 'view') },
  );
});

describe('autoscaler-target-exists', () => {
  const autoscaler = object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'web',
    'spec:\n  scaleTargetRef:\n    kind: Deployment\n    name: web',
  );
  objectTable(
    autoscalerTargetExists,
    [
      {
        name: 'a Deployment that became a DaemonSet',
        objects: `${autoscaler}---\n${workload({ kind: 'DaemonSet' })}`,
        finds: [
          'error autoscaler-target-exists "scaleTargetRef:" HorizontalPodAutoscaler shop/web scales the Deployment web, which is not there: it is a DaemonSet → Remove the autoscaler: a DaemonSet has a Pod on every node.',
        ],
        remedied: { [`${autoscaler}---\n`]: '' },
      },
    ],
    { 'a Deployment': stream(autoscaler, workload()) },
  );
});

describe('budget-selects-pods', () => {
  const budget = (app: string) =>
    object(
      'policy/v1',
      'PodDisruptionBudget',
      'web',
      `spec:\n  maxUnavailable: 1\n  selector:\n    matchLabels:\n      app: ${app}`,
    );
  objectTable(budgetSelectsPods, [
    {
      name: 'a selector of no Pods',
      objects: stream(budget('wbe'), workload()),
      finds: [
        'error budget-selects-pods "selector:" PodDisruptionBudget shop/web selects no Pods → Give the selector labels that the Pod template has, or remove the budget.',
      ],
      remedied: { 'app: wbe': 'app: web' },
    },
  ]);
});

const networkPolicy = (spec: string) => object('networking.k8s.io/v1', 'NetworkPolicy', 'web', `spec:\n${spec}`);

describe('network-policy-selects-pods', () => {
  objectTable(
    networkPolicySelectsPods,
    [
      {
        name: 'a selector of no Pods',
        objects: stream(networkPolicy('  podSelector:\n    matchLabels:\n      app: wbe'), workload()),
        finds: [
          'error network-policy-selects-pods "podSelector:" NetworkPolicy shop/web selects no Pods → Give podSelector labels that the Pod template has, or remove the policy.',
        ],
        remedied: { 'app: wbe': 'app: web' },
      },
    ],
    { 'a policy of all Pods that come': networkPolicy('  podSelector: {}') },
  );
});

describe('network-policy-peer-exists', () => {
  const from = (peer: string) => networkPolicy(`  podSelector: {}\n  ingress:\n    - from:\n        - ${peer}`);
  objectTable(
    networkPolicyPeerExists,
    [
      {
        name: 'a peer in its own namespace that nobody is',
        objects: stream(from('podSelector:\n            matchLabels:\n              app: wbe'), workload()),
        finds: [
          'warning network-policy-peer-exists "podSelector:" NetworkPolicy shop/web names Pods that are not there → Give the selector labels that the other Pods have, or a namespaceSelector if they are in another namespace.',
        ],
        remedied: { 'app: wbe': 'app: web' },
      },
    ],
    {
      'all Pods of its namespace': from('podSelector: {}'),
      'Pods of another namespace': from('{ namespaceSelector: {}, podSelector: { matchLabels: { app: other } } }'),
      'a block of addresses': from('ipBlock: { cidr: 10.0.0.0/8 }'),
    },
  );
});

describe('network-policy-port-exists', () => {
  const ingress = (port: string) =>
    networkPolicy(`  podSelector: { matchLabels: { app: web } }\n  ingress:\n    - ports:\n        - port: ${port}`);
  const egress = (to: string) =>
    networkPolicy(`  podSelector: {}\n  egress:\n    - to:\n        - ${to}\n      ports:\n        - port: sql`);
  objectTable(
    networkPolicyPortExists,
    [
      {
        name: 'a name that its own Pods lack',
        objects: stream(ingress('htpp'), workload()),
        finds: [
          'error network-policy-port-exists "htpp" NetworkPolicy shop/web names the port htpp, which its Pods do not have → Use one of the ports that are there: http.',
        ],
        remedied: { 'port: htpp': 'port: http' },
      },
      {
        name: 'a name that those lack to whom it leads',
        objects: stream(egress('podSelector: { matchLabels: { app: web } }'), workload()),
        finds: [
          'error network-policy-port-exists "sql" NetworkPolicy shop/web names the port sql, which its Pods do not have → Use one of the ports that are there: http.',
        ],
        remedied: { 'port: sql': 'port: http' },
      },
    ],
    {
      'a number': stream(ingress('5432'), workload()),
      'a name at Pods of another namespace': stream(egress('namespaceSelector: {}'), workload()),
      'a name at Pods that are deployed elsewhere': ingress('sql'),
    },
  );
});

describe('selector-matches-template', () => {
  objectTable(selectorMatchesTemplate, [
    {
      name: 'a template with other labels',
      objects: workload().replace('      labels:\n        app: web', '      labels:\n        app: other'),
      finds: [
        'error selector-matches-template "selector:" Deployment shop/web does not select its own Pods → Give the Pod template the labels of the selector; the selector itself cannot be changed once it is applied.',
      ],
      remedied: { 'app: other': 'app: web' },
    },
  ]);
});

describe('stateful-set-service-exists', () => {
  const headless = object('v1', 'Service', 'db', 'spec:\n  clusterIP: None');
  objectTable(statefulSetServiceExists, [
    {
      name: 'a Service that is not there',
      objects: stream(headless, workload({ kind: 'StatefulSet', spec: 'serviceName: bd' })),
      finds: [
        'error stateful-set-service-exists "bd" StatefulSet web has the Service bd, which is not there → Add a Service bd with clusterIP: None.',
      ],
      remedied: { 'serviceName: bd': 'serviceName: db' },
    },
    {
      name: 'a Service that is not headless',
      objects: stream(
        object('v1', 'Service', 'db', 'spec:\n  type: ClusterIP'),
        workload({ kind: 'StatefulSet', spec: 'serviceName: db' }),
      ),
      finds: [
        'error stateful-set-service-exists "db" StatefulSet web has the Service db, which is not headless → Set clusterIP: None on the Service db.',
      ],
      remedied: { 'type: ClusterIP': 'clusterIP: None' },
    },
  ]);
});

describe('volume-exists', () => {
  objectTable(
    volumeExists,
    [
      {
        name: 'a mount of no volume',
        objects: workload({
          pod: 'volumes:\n  - name: data\n    emptyDir: {}',
          container: 'volumeMounts:\n  - name: date\n    mountPath: /data',
        }),
        finds: [
          'error volume-exists "date" the container app of Deployment shop/web mounts the volume date, which the Pod does not have → Add the volume, or name one that is there: data.',
        ],
        remedied: { 'name: date\n': 'name: data\n' },
      },
      {
        name: 'a claim that is not there',
        objects: stream(
          workload({ pod: 'volumes:\n  - name: data\n    persistentVolumeClaim:\n      claimName: one' }),
          object('v1', 'PersistentVolumeClaim', 'two', 'spec: {}'),
        ),
        finds: [
          'error volume-exists "one" Deployment shop/web uses the PersistentVolumeClaim one, which is not there → Add it, or name one that is there: two.',
        ],
        remedied: { 'claimName: one': 'claimName: two' },
      },
    ],
    {
      'a mount of a claim template': workload({
        kind: 'StatefulSet',
        spec: 'volumeClaimTemplates:\n  - metadata:\n      name: data',
        container: 'volumeMounts:\n  - name: data\n    mountPath: /data',
      }),
    },
  );
});

describe('probe-port-exists', () => {
  objectTable(
    probePortExists,
    [
      {
        name: 'a port name that the container does not have',
        objects: workload().replace('port: http', 'port: web'),
        finds: [
          'error probe-port-exists "web" the readinessProbe of the container app of Deployment shop/web asks the port web, which it does not have → Use one that it has: http.',
        ],
        remedied: { 'port: web': 'port: http' },
      },
    ],
    { 'a number': workload().replace('port: http', 'port: 8080') },
  );
});

describe('spread-selects-itself', () => {
  const spread = (app: string) =>
    `topologySpreadConstraints:\n  - topologyKey: kubernetes.io/hostname\n    labelSelector:\n      matchLabels:\n        role: ${app}`;
  objectTable(
    spreadSelectsItself,
    [
      {
        name: 'a selector of other Pods',
        objects: workload({ pod: spread('x') }),
        finds: [
          'error spread-selects-itself "labelSelector:" Deployment shop/web is spread by a selector that does not select its own Pods → Select labels that the Pod template has.',
        ],
        remedied: { 'role: x': 'app: web' },
      },
    ],
    { 'its own label': workload({ pod: spread('x').replace('role: x', 'app: web') }) },
  );
});
