import type { CertificateReport, CertificatesReport } from '@gatefleet/certificate-report';
import { served } from '../fleet.ts';
import { table } from './table.ts';

/** Each gateway, its node, and the serial that it serves for a certificate's first name. */
export function gatewayTable({ gateways }: CertificateReport): string {
  return table(
    ['GATEWAY', 'NODE', 'SERIAL'],
    gateways.map(({ pod, node, result }) => [
      pod,
      node ?? '-',
      result.kind === 'answered' ? result.serial : result.error,
    ]),
  );
}

/** Every certificate, one a line. */
export function certificateTable({ certificates }: Pick<CertificatesReport, 'certificates'>): string {
  return table(
    ['HOSTS', 'NAMESPACE', 'STATE', 'ISSUER', 'EXPIRES', 'RENEWS', 'SERIAL', 'SERVED BY'],
    certificates.map((certificate) => {
      const { names, ingresses, state, reason, issuer, current } = certificate;
      const { by, of } = served(certificate);
      return [
        names.join(','),
        [...new Set(ingresses.map(({ namespace }) => namespace))].join(',') || '-',
        reason === undefined ? stateOf(certificate) : `${state} (${reason})`,
        new URL(issuer).host,
        day(current?.notAfter),
        day(current?.renewAt),
        current?.serial ?? '-',
        `${by} of ${of}`,
      ];
    }),
  );
}

function stateOf({ state, queue }: CertificateReport): string {
  return queue === undefined ? state : `${state} (no. ${queue.position}, about ${minute(queue.at)})`;
}

/** `2026-11-24 17:05`, in UTC. */
const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

const day = (time: string | undefined): string => time?.slice(0, 10) ?? '-';
