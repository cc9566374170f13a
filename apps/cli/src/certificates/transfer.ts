import { CertificateRecord } from '@gatefleet/acme';
import {
  pageOf,
  transferPages,
  transferSecret,
  transferSecretName,
  type CommandAnswer,
  type TransferPage,
} from '@gatefleet/certificate-commands';
import type { TransferredCertificate } from '@gatefleet/certificate-transfer';
import { askLeader } from '../commands/ask-controller.ts';
import { CliError } from '../errors.ts';
import type { Kubernetes } from '../kubernetes.ts';

type Api = Pick<Kubernetes, 'create' | 'read' | 'remove'>;

const secrets = '/api/v1/namespaces/gatefleet/secrets';
const secretPath = `${secrets}/${transferSecretName}`;

/** Brings certificates with their keys to the controller. @returns its answers, one a page. @throws CliError */
export async function bringCertificates(
  kubernetes: Api,
  certificates: readonly TransferredCertificate[],
  signal: AbortSignal,
): Promise<readonly CommandAnswer[]> {
  const answers: CommandAnswer[] = [];
  for (const page of transferPages(certificates)) {
    answers.push(
      await withSecret(kubernetes, { certificates: page }, signal, () =>
        askLeader(kubernetes, { command: 'import' }, signal),
      ),
    );
  }
  return answers;
}

/** Fetches all certificates with their keys from the controller. @throws CliError */
export async function fetchCertificates(kubernetes: Api, signal: AbortSignal): Promise<readonly CertificateRecord[]> {
  const all: CertificateRecord[] = [];
  let after: string | undefined;
  do {
    const command = { command: 'export' as const, ...(after !== undefined && { after }) };
    const page = await withSecret(kubernetes, { certificates: [] }, signal, async () => {
      const { kind, message } = await askLeader(kubernetes, command, signal);
      if (kind === 'refused') throw new CliError('COMMAND_FAILED', `exporting certificates: ${message}`);
      return pageOf((await kubernetes.read(secretPath, signal)) as { data?: Record<string, string> });
    });
    if (page === undefined) throw new CliError('COMMAND_FAILED', 'exporting certificates: the answer is not one');
    all.push(...page.certificates.map((certificate) => CertificateRecord.parse(certificate)));
    after = page.next;
  } while (after !== undefined);
  return all;
}

/** The Secret is there only as long as it is needed, whatever happens. */
async function withSecret<T>(
  kubernetes: Api,
  page: TransferPage,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    await kubernetes.create(secrets, transferSecret(page), signal);
  } catch (cause) {
    if (!(cause instanceof Error && cause.message.includes('status 409'))) throw cause;
    throw new CliError('TRANSFER_UNDER_WAY', `making the Secret ${transferSecretName}: there is one already`, {
      hint: `somebody imports or exports now; if not: kubectl --namespace gatefleet delete secret ${transferSecretName}`,
    });
  }
  try {
    return await work();
  } finally {
    await kubernetes.remove(secretPath);
  }
}
