/** Manifests that no rule finds fault with, for tables to break in one place. Indented text is put below what it belongs to. */

const indent = (text: string, by: number) =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`))
    .join('\n');

export interface PodParts {
  /** Fields of the Pod spec. */
  readonly pod?: string;
  /** Fields of the container. */
  readonly container?: string;
}

export interface WorkloadParts extends PodParts {
  readonly kind?: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  readonly name?: string;
  /** Fields of the workload's spec. */
  readonly spec?: string;
}

/** A workload `web` with one container `app`, confined as it should be, with the label `app: web`. */
export function workload({
  kind = 'Deployment',
  name = 'web',
  spec = '',
  pod = '',
  container = '',
}: WorkloadParts = {}): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: shop
spec:
  selector:
    matchLabels:
      app: ${name}
${spec === '' ? '' : `${indent(spec, 2)}\n`}  template:
    metadata:
      labels:
        app: ${name}
    spec:
      automountServiceAccountToken: false
${pod === '' ? '' : `${indent(pod, 6)}\n`}      containers:
        - name: app
          image: registry.test/${name}:1
${container === '' ? '' : `${indent(container, 10)}\n`}          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
            limits:
              memory: 64Mi
          securityContext:
            runAsNonRoot: true
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            seccompProfile:
              type: RuntimeDefault
            capabilities:
              drop: [ALL]
`;
}

/** An object of the namespace `shop`. */
export function object(apiVersion: string, kind: string, name: string, fields: string): string {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${name}
  namespace: shop
${fields}
`;
}

/** A Service `web` of the Pods `app: web`. */
export function service(spec = ''): string {
  const fields = `spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http${spec === '' ? '' : `\n${indent(spec, 2)}`}`;
  return object('v1', 'Service', 'web', fields);
}

/** Objects as one text. */
export function stream(...objects: readonly string[]): string {
  return objects.join('---\n');
}
