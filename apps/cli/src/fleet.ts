import { CertificatesReport, type CertificateReport } from '@gatefleet/certificate-report';
import { isReady, readPods } from './delivery/pods.ts';
import type { Kubernetes } from './kubernetes.ts';

/** Where gateways, store and controller run. */
export const gatefleetNamespace = 'gatefleet';

/** What the controller says of every certificate, each gateway asked over TLS. @throws CliError; ZodError for a report of another version */
export async function readCertificates(
  kubernetes: Kubernetes,
  signal?: AbortSignal,
  namespace = gatefleetNamespace,
): Promise<CertificatesReport> {
  const path = `/api/v1/namespaces/${namespace}/services/acme-controller:status/proxy/certificates`;
  return CertificatesReport.parse(await kubernetes.read(path, signal));
}

/** How many gateway Pods there are to be: those that are not on their way out, whether ready or not. */
export async function countGateways(kubernetes: Kubernetes, signal?: AbortSignal): Promise<number> {
  const path = `/api/v1/namespaces/${gatefleetNamespace}/pods?labelSelector=app.kubernetes.io%2Fname%3Dtraefik`;
  const { items } = (await kubernetes.read(path, signal)) as { items: { metadata: { deletionTimestamp?: string } }[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
}

/** One server of the store, as kubelet sees it. */
export interface StoreMember {
  readonly name: string;
  /** Ready: it answers, and reaches the leader that a majority has chosen. */
  readonly status: 'ready' | 'not ready';
}

/** The store's servers. Consul itself tells about them only to who has a token. */
export async function readStoreMembers(
  kubernetes: Kubernetes,
  signal?: AbortSignal,
  namespace = gatefleetNamespace,
): Promise<readonly StoreMember[]> {
  const pods = await readPods(kubernetes, namespace, signal, 'app.kubernetes.io/name=consul');
  return pods.map((pod) => ({ name: pod.metadata.name, status: isReady(pod) ? 'ready' : 'not ready' }));
}

/** The certificate for exactly one host. */
export const certificateFor = (report: CertificatesReport, host: string): CertificateReport | undefined =>
  report.certificates.find(({ names }) => names.includes(host));

/** How many gateways there are, and how many of them serve the certificate that is current. */
export function served({ gateways, current }: CertificateReport): { readonly by: number; readonly of: number } {
  const right = gateways.filter(({ result }) => result.kind === 'answered' && result.serial === current?.serial);
  return { by: right.length, of: gateways.length };
}
