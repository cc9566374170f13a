import { checkIssued } from '../keys/certificate.ts';
import type { CertificateRecord } from '../records.ts';
import { condemned } from '../revocation/condemned.ts';
import { removeChallenges } from './clean-up.ts';
import type { RunContext } from './run-context.ts';
import type { Placed, SavedOrder } from './saved-order.ts';
import { StoreRefused } from './store-refused.ts';

/** Downloads what the CA issued, makes sure of it, keeps it, which ends the order, and hands it to the gateways; then what was published for its challenges is removed. */
export async function publish(
  saved: SavedOrder,
  record: Placed,
  url: string,
  context: RunContext,
): Promise<CertificateRecord> {
  const { account, publisher, clock, signal, epoch } = context;
  const chain = await account.certificate(url, signal);
  const { serial, notBefore, notAfter } = checkIssued(chain, record.names, record.privateKey, clock.now());
  await context.reach('downloaded', record.id);

  const { id, names, ca, privateKey } = record;
  const replaced = await context.store.certificates.load(id, signal);
  const toRevoke = replaced === undefined ? [] : condemned(replaced.record);
  const certificate: CertificateRecord = {
    ...{ id, names, ca, privateKey, chain, serial, notBefore, notAfter, epoch },
    ...(toRevoke.length > 0 && { toRevoke }),
  };
  const kept = await publisher.keep(
    { certificate, orderIndex: saved.index, replacedIndex: replaced?.index ?? 0 },
    signal,
  );
  if (kept !== 'kept') throw new StoreRefused(kept);
  await context.reach('kept', record.id);
  const published = await publisher.publish(certificate, signal);
  if (published !== 'published') throw new StoreRefused(published);
  await context.reach('published', record.id);
  await removeChallenges(saved.record, context, signal);
  return certificate;
}
