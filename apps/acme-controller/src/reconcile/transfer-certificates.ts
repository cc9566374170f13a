import { certificateId, type CertificateRecord, type Clock } from '@gatefleet/acme';
import { transferPages, type CommandAnswer } from '@gatefleet/certificate-commands';
import { checkCertificates, planImport, type TransferredCertificate } from '@gatefleet/certificate-transfer';
import type { TransferBox } from '../kubernetes/transfer-box.ts';
import type { GatewayPublisher } from '../store/publisher.ts';
import type { TermRecords } from '../store/term-records.ts';

export interface TransferDeps {
  readonly certificates: TermRecords<CertificateRecord>;
  readonly publisher: Pick<GatewayPublisher, 'published' | 'republish'>;
  readonly box: TransferBox;
  /** Directory URL of the CA that certificates count as from where their file does not say. */
  readonly ca: string;
  /** The leader's term. */
  readonly epoch: number;
  readonly clock: Clock;
}

/**
 * Keeps what was brought, where it lasts longer than what is there; gateways that have another certificate for the same names get it at
 * once, others when an Ingress asks. Everything is checked here once more.
 */
export async function importCertificates(deps: TransferDeps, signal: AbortSignal): Promise<CommandAnswer> {
  const { certificates, publisher, box, clock } = deps;
  const page = await box.read(signal);
  if (page === undefined) return { kind: 'refused', message: 'there is nothing to import' };
  const now = clock.now();
  const kept = new Map((await certificates.list(signal)).map((each) => [each.record.id, each]));
  const existing = [...kept.values()].map(({ record }) => record);
  const steps = planImport(existing, checkCertificates(page.certificates, now), now);
  const records = steps.flatMap((step) => (step.kind === 'import' ? [recordOf(step.certificate, deps, now)] : []));
  const results = await Promise.all(
    records.map((record) => certificates.save(record.id, record, kept.get(record.id)?.index ?? 0, signal)),
  );
  if (results.some(({ kind }) => kind !== 'written')) {
    return { kind: 'refused', message: 'some of it has just changed: import it again' };
  }
  const { ids: published } = await publisher.published(signal);
  const failed = await publisher.republish(records.filter(({ id }) => published.has(id)));
  signal.throwIfAborted();
  if (failed.length > 0) throw failed[0]?.error;
  const count = (kind: (typeof steps)[number]['kind']) => steps.filter((step) => step.kind === kind).length;
  const message = `imported ${records.length}, kept what lasts longer for ${count('keep')}, refused ${count('refuse')}`;
  return { kind: 'done', message };
}

/** Gives the next page of what is kept, after that id. */
export async function exportCertificates(
  after: string | undefined,
  { certificates, box }: Pick<TransferDeps, 'certificates' | 'box'>,
  signal: AbortSignal,
): Promise<CommandAnswer> {
  const all = (await certificates.list(signal)).map(({ record }) => record);
  const rest = all.filter(({ id }) => after === undefined || id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = transferPages(rest)[0] ?? [];
  const next = page.length < rest.length ? page.at(-1)?.id : undefined;
  await box.write({ certificates: page, ...(next !== undefined && { next }) }, signal);
  return { kind: 'done', message: `exported ${page.length} of ${all.length} certificates` };
}

/** It counts as asked for by nobody until the reconciler finds an Ingress that does. */
function recordOf(
  { names, chain, privateKey, serial, notBefore, notAfter, fromBackup }: TransferredCertificate,
  { ca, epoch }: TransferDeps,
  now: Date,
): CertificateRecord {
  const own = { id: certificateId(names), names: [...names], chain, privateKey, serial, notBefore, notAfter };
  return { ca, ...fromBackup, ...own, epoch, unwantedSince: now.toISOString() };
}
