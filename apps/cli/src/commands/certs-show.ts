import type { CertificateReport } from '@gatefleet/certificate-report';
import { CliError } from '../errors.ts';
import { certificateFor, readCertificates, served } from '../fleet.ts';
import { openKubernetes } from '../kubernetes.ts';
import { gatewayTable } from '../output/fleet-tables.ts';
import type { CommandResult } from '../output/result.ts';
import { workspace } from '../workspace.ts';
import { describeCertificate } from './certs-why.ts';

/** One certificate in full, with what each gateway serves for it. @throws CliError */
export async function certsShow(
  host: string,
  context: string | undefined,
  signal: AbortSignal,
): Promise<CommandResult<CertificateReport>> {
  const report = await readCertificates(await openKubernetes(workspace.cluster, context), signal);
  const certificate = certificateFor(report, host);
  if (certificate === undefined) {
    const hint = `\`gatefleet certs why ${host}\` tells why; \`gatefleet certs\` lists all`;
    throw new CliError('BAD_ARGUMENT', `showing the certificate for ${host}: there is none, nor an order`, { hint });
  }
  const { by, of } = served(certificate);
  const gateways = certificate.gateways.length === 0 ? '' : `\n${gatewayTable(certificate)}`;
  return {
    value: certificate,
    text: `${describeCertificate(certificate).join('\n')}\n${gateways}`,
    exitCode: certificate.current !== undefined && by === of ? 0 : 1,
  };
}
