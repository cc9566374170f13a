import type { CertificateReport, CertificatesReport } from '@gatefleet/certificate-report';
import { certificateFor, readCertificates, served } from '../fleet.ts';
import { openKubernetes } from '../kubernetes.ts';
import type { CommandResult } from '../output/result.ts';
import { workspace } from '../workspace.ts';

/** What one host waits for, and until when. */
export async function certsWhy(
  host: string,
  context: string | undefined,
  signal: AbortSignal,
): Promise<CommandResult<WhyHost>> {
  const report = await readCertificates(await openKubernetes(workspace.cluster, context), signal);
  const why = whyHost(report, host);
  return { value: why, text: `${why.lines.join('\n')}\n`, exitCode: why.isServed ? 0 : 1 };
}

export interface WhyHost {
  readonly host: string;
  /** Every gateway serves its current certificate. */
  readonly isServed: boolean;
  /** For people, the answer first. */
  readonly lines: readonly string[];
}

export function whyHost(report: CertificatesReport, host: string): WhyHost {
  const certificate = certificateFor(report, host);
  const refused = report.refused.filter(({ message }) => message.split(/[\s:,"]+/).includes(host));
  const refusals = refused.map(({ namespace, ingress, message }) => `Ingress ${namespace}/${ingress}: ${message}`);
  const passed = (report.passedOver ?? [])
    .filter((each) => each.host === host)
    .map(({ namespace, ingress, why }) => `Ingress ${namespace}/${ingress} has the host, but ${why}.`);
  if (certificate === undefined) {
    const lines =
      refusals.length + passed.length > 0
        ? [...refusals, ...passed]
        : [`No Ingress of the gateways’ class has the host ${host}, and no certificate has it.`];
    return { host, isServed: false, lines };
  }
  const { by, of } = served(certificate);
  const isServed = certificate.current !== undefined && of > 0 && by === of;
  const held = certificate.state === 'waiting' ? holdLines(report) : [];
  const away = certificate.state === 'retained' ? [] : awayLines(report);
  return { host, isServed, lines: [...held, ...away, ...describeCertificate(certificate), ...refusals, ...passed] };
}

/** Why no first certificate is ordered, and what to do. */
export function holdLines({ hold }: Pick<CertificatesReport, 'hold'>): readonly string[] {
  if (hold === undefined) return [];
  const why = hold.reason === 'asked' ? 'an administrator asked for that' : 'the store has lost all certificates';
  return [
    `held: no first certificate is ordered since ${hold.since}, for ${why}`,
    hold.reason === 'asked'
      ? 'to do: gatefleet certs resume'
      : 'to do: gatefleet certs import BACKUP, if there is a backup; then gatefleet certs resume',
  ];
}

/** That nothing can be ordered, and until when. */
export function awayLines({ caAwayUntil }: Pick<CertificatesReport, 'caAwayUntil'>): readonly string[] {
  if (caAwayUntil === undefined) return [];
  return [`no CA can be reached: nothing is ordered or renewed; asked again at about ${caAwayUntil}`];
}

/** For people, the state first. */
export function describeCertificate(certificate: CertificateReport): readonly string[] {
  const { names, ingresses, issuer, current, reason, retryAt, queue } = certificate;
  const askers = ingresses.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  const { by, of } = served(certificate);
  return [
    state(certificate),
    ...(reason === undefined ? [] : [`last trouble: ${reason}`]),
    ...(queue === undefined
      ? []
      : [`waits for the limit ${queue.limit ?? 'of the CA'}: no. ${queue.position}, its turn is about ${queue.at}`]),
    ...(retryAt === undefined ? [] : [`tried again at ${retryAt}`]),
    `names      ${names.join(', ')}`,
    `asked by   ${askers === '' ? 'nobody' : askers}`,
    `CA         ${issuer}`,
    ...(current === undefined
      ? []
      : [
          `serial     ${current.serial}, from ${current.notBefore} to ${current.notAfter}`,
          `renewed    at ${current.renewAt}`,
          `served by  ${by} of ${of} gateways`,
        ]),
  ];
}

function state({ state: is, current, reason }: CertificateReport): string {
  switch (is) {
    case 'valid':
      return 'valid: nothing is to be done';
    case 'waiting':
      return reason === undefined ? 'waiting for its turn' : 'waiting: no order is made until the trouble is over';
    case 'issuing':
      return 'its first order is under way';
    case 'renewing':
      return 'valid, and its renewal is under way';
    case 'failed':
      return current === undefined
        ? 'failed: there is no certificate yet'
        : 'its renewal failed: the old one is served';
    case 'retained':
      return 'kept for later: no Ingress asks for it';
  }
}
