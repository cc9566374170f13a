import type { Environment } from '@gatefleet/environment';
import type { Manifest } from '../manifest.ts';
import type { JsonPatch, Patch } from '../patch.ts';

type Certificates = Environment['spec']['certificates'];

/** Where the base lets the certificate controller go already, wherever that is. */
const openPorts = [80, 443, 6443];

/** What the environment's own CA, providers and control plane need beside what NetworkPolicies of the base let pass. */
export function networkPatches(
  { controlPlane }: Environment['spec']['cluster'],
  certificates: Certificates,
): readonly Patch[] {
  const ports = outwardPorts(certificates);
  const from = controlPlane.map((cidr) => ({ ipBlock: { cidr } }));
  const asked = (port: string): JsonPatch['values'] =>
    from.length === 0 ? [] : [{ path: ['spec', 'ingress', '-'], value: { from, ports: [{ port, protocol: 'TCP' }] } }];
  return [
    patchOf(
      'acme-controller',
      ['spec.cluster.controlPlane', 'spec.certificates'],
      [...asked('status'), ...(ports.length === 0 ? [] : [{ path: ['spec', 'egress', '-'], value: { ports } }])],
    ),
  ];
}

const patchOf = (name: string, fields: readonly string[], values: JsonPatch['values']): JsonPatch => ({
  kind: 'json',
  fields,
  purpose: 'network',
  target: { group: 'networking.k8s.io', kind: 'NetworkPolicy', name },
  values,
});

/** Ports that the controller is sent to by name in environment.yaml, and DNS servers of zones where records prove a name. */
function outwardPorts({ issuers, challenge, onDemand }: Certificates): readonly Manifest[] {
  const urls = [
    ...issuers.flatMap((issuer) => (typeof issuer === 'string' ? [] : [issuer.directory])),
    ...[challenge.webhook?.url, onDemand?.ask].filter((url) => url !== undefined),
  ];
  const named = urls.map((url) => Number(new URL(url).port || '443')).filter((port) => !openPorts.includes(port));
  const dns =
    challenge.type === 'http-01'
      ? []
      : [53, Number(/^(?:\[.*\]|[^:]*):(\d+)$/.exec(challenge.rfc2136?.nameserver ?? '')?.[1] ?? 53)];
  return [
    ...distinct(named).map((port) => ({ port, protocol: 'TCP' })),
    ...distinct(dns).flatMap((port) => [
      { port, protocol: 'UDP' },
      { port, protocol: 'TCP' },
    ]),
  ];
}

const distinct = (ports: readonly number[]): readonly number[] => [...new Set(ports)].toSorted((a, b) => a - b);
