import { CertificatesReport, type CertificateReport } from '@gatefleet/certificate-report';
import type { Kubernetes } from './kubernetes.ts';

const defaultNamespace = 'gatefleet';

/** What the controller says of every certificate, each gateway asked over TLS. @throws CliError; ZodError for a report of another version */
export async function readCertificates(
  kubernetes: Kubernetes,
  signal?: AbortSignal,
  namespace = defaultNamespace,
): Promise<CertificatesReport> {
  const path = `/api/v1/namespaces/${namespace}/services/acme-controller:status/proxy/certificates`;
  return CertificatesReport.parse(await kubernetes.read(path, signal));
}

/** How many gateway Pods there are to be: those that are not on their way out, whether ready or not. */
export async function countGateways(kubernetes: Kubernetes, signal?: AbortSignal): Promise<number> {
  const path = `/api/v1/namespaces/${defaultNamespace}/pods?labelSelector=app.kubernetes.io%2Fname%3Dtraefik`;
  const { items } = (await kubernetes.read(path, signal)) as { items: { metadata: { deletionTimestamp?: string } }[] };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
}

/** One server of the store, as its peers see it. */
export interface StoreMember {
  readonly name: string;
  readonly address: string;
  readonly status: string;
}

/** @see https://developer.hashicorp.com/consul/api-docs/agent#list-members */
const memberStatus = ['none', 'alive', 'leaving', 'left', 'failed'];

/** The store's members, asked through the first of its Pods that answers. */
export async function readStoreMembers(
  kubernetes: Kubernetes,
  signal?: AbortSignal,
  namespace = defaultNamespace,
): Promise<readonly StoreMember[]> {
  const failures: unknown[] = [];
  for (const pod of ['consul-0', 'consul-1', 'consul-2']) {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}:8500/proxy/v1/agent/members`;
    try {
      const members = (await kubernetes.read(path, signal)) as { Name: string; Addr: string; Status: number }[];
      return members.map(({ Name, Addr, Status }) => ({
        name: Name,
        address: Addr,
        status: memberStatus[Status] ?? String(Status),
      }));
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

/** The certificate for exactly one host. */
export const certificateFor = (report: CertificatesReport, host: string): CertificateReport | undefined =>
  report.certificates.find(({ names }) => names.includes(host));

/** How many gateways there are, and how many of them serve the certificate that is current. */
export function served({ gateways, current }: CertificateReport): { readonly by: number; readonly of: number } {
  const right = gateways.filter(({ result }) => result.kind === 'answered' && result.serial === current?.serial);
  return { by: right.length, of: gateways.length };
}
