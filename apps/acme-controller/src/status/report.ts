import {
  certificateId,
  nameSet,
  renewAt,
  type CertificatePlan,
  type CertificateRecord,
  type OrderRecord,
} from '@gatefleet/acme';
import type { CertificateReport } from '@gatefleet/certificate-report';
import type { WantedCertificate } from '../wanted/plan-wanted.ts';

export interface Seen {
  readonly wanted: readonly WantedCertificate[];
  readonly certificates: readonly CertificateRecord[];
  readonly orders: readonly OrderRecord[];
  readonly plans: readonly CertificatePlan[];
  /** Directory URL of the CA that is asked first. */
  readonly ca: string;
}

type Told = Omit<CertificateReport, 'gateways'>;

/** What there is to tell of each certificate, before the gateways are asked; in the order of their names. */
export function reportCertificates({ wanted, certificates, orders, plans, ca }: Seen): Told[] {
  const byId = Map.groupBy(wanted, ({ names }) => certificateId(names));
  const kept = new Map(certificates.map((certificate) => [certificate.id, certificate]));
  const underWay = new Map(orders.map((order) => [order.id, order]));
  const planned = new Map(plans.map((plan) => [plan.id, plan]));
  const ids = new Set([...byId.keys(), ...kept.keys()]);
  return [...ids]
    .map((id) => {
      const askers = byId.get(id) ?? [];
      return report({ id, ca, askers, kept: kept.get(id), order: underWay.get(id), plan: planned.get(id) });
    })
    .sort((a, b) => (a.names.join() < b.names.join() ? -1 : 1));
}

interface One {
  readonly id: string;
  readonly ca: string;
  readonly askers: readonly WantedCertificate[];
  readonly kept: CertificateRecord | undefined;
  readonly order: OrderRecord | undefined;
  readonly plan: CertificatePlan | undefined;
}

function report({ id, ca, askers, kept, order, plan }: One): Told {
  const names = kept?.names ?? nameSet(askers[0]?.names ?? []);
  const ingresses = askers.map(({ ingress }) => ({ namespace: ingress.namespace, name: ingress.name }));
  const isWanted = askers.length > 0;
  const problem = isWanted ? order?.problem?.message : undefined;
  return {
    id,
    names: [...names],
    ingresses,
    state: stateOf(isWanted, kept, order),
    issuer: kept?.ca ?? ca,
    ...(problem !== undefined && { reason: problem }),
    ...(isWanted && order?.retryAt !== undefined && { retryAt: order.retryAt }),
    ...(plan?.kind === 'wait' &&
      plan.reason === 'RateLimited' && {
        queue: {
          position: plan.position,
          at: plan.until.toISOString(),
          ...(plan.bucket !== undefined && { limit: plan.bucket }),
        },
      }),
    ...(kept !== undefined && {
      current: {
        serial: kept.serial,
        notBefore: kept.notBefore,
        notAfter: kept.notAfter,
        renewAt: renewAt(kept).toISOString(),
      },
    }),
  };
}

function stateOf(
  isWanted: boolean,
  kept: CertificateRecord | undefined,
  order: OrderRecord | undefined,
): CertificateReport['state'] {
  if (!isWanted) return 'retained';
  // Nothing was tried: it waits for whoever has the host's DNS.
  if (order?.step === 'failed') return order.problem?.code === 'HOST_ELSEWHERE' ? 'waiting' : 'failed';
  if (order !== undefined) return kept === undefined ? 'issuing' : 'renewing';
  return kept === undefined ? 'waiting' : 'valid';
}
