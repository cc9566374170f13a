/** What a base of one workload is made from. */
export interface Workload {
  readonly name: string;
  /** With a tag or a digest. */
  readonly image: string;
  /** That it listens on, for HTTP. Default 8080. */
  readonly port?: number;
}

/** A Deployment that may do nothing that it need not. An environment decides how many. */
export function deploymentManifest({ name, image, port = 8080 }: Workload): object {
  const probe = { tcpSocket: { port: 'http' } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: labels(name) },
            },
          ],
          containers: [
            {
              name,
              image,
              ports: [{ name: 'http', containerPort: port }],
              readinessProbe: probe,
              livenessProbe: probe,
              resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  };
}

export function serviceManifest({ name }: Workload): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: labels(name), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  };
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
function labels(name: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': name };
}
