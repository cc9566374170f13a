import type { CertificatesReport } from '@gatefleet/certificate-report';
import { readCertificates, served } from '../fleet.ts';
import { openKubernetes } from '../kubernetes.ts';
import { certificateTable } from '../output/fleet-tables.ts';
import type { CommandResult } from '../output/result.ts';
import { workspace } from '../workspace.ts';
import { awayLines, holdLines } from './certs-why.ts';

/** Every certificate: hosts, namespace, issuer, expiry, renewal, serial, and how many gateways serve it. */
export async function certs(
  context: string | undefined,
  signal: AbortSignal,
): Promise<CommandResult<CertificatesReport>> {
  const report = await readCertificates(await openKubernetes(workspace.cluster, context), signal);
  const isWhole = report.certificates.every((certificate) => {
    if (certificate.state === 'retained') return true;
    const { by, of } = served(certificate);
    return certificate.state !== 'failed' && by === of;
  });
  return {
    value: report,
    text: [
      ...[...holdLines(report), ...awayLines(report)].map((line) => `${line}\n`),
      report.certificates.length === 0 ? 'no certificates\n' : certificateTable(report),
    ].join(''),
    exitCode: isWhole ? 0 : 1,
  };
}
