import type { CertificateRecord, Clock, OrderRecord } from '@gatefleet/acme';
import type { Logger } from '../log.ts';
import type { HostRegister } from '../store/host-owners.ts';
import type { GatewayPublisher } from '../store/publisher.ts';
import type { OrderingHold } from '../store/ordering-hold.ts';
import type { TermRecords } from '../store/term-records.ts';

export interface WatchStoreOptions {
  readonly publisher: Pick<GatewayPublisher, 'wasSetBack' | 'republish'>;
  readonly certificates: Pick<TermRecords<CertificateRecord>, 'bringBack' | 'hasLost' | 'seesLoss'>;
  readonly orders: Pick<TermRecords<OrderRecord>, 'forget'>;
  readonly hosts: Pick<HostRegister, 'forget'>;
  readonly hold: Pick<OrderingHold, 'forget'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is planned by has changed. */
  readonly onChanged: () => void;
}

/** A small read each time; gateways are without what they lost for so long. */
const EVERY_MS = 2_000;
/** Rounds from one reading of all records' names to the next: a minute. */
const ROUNDS = 30;

/**
 * Notices that the store was set back under a leader, as by a snapshot that was restored: then the leader knows certificates that the store
 * has not, and writes them again, for to order them again would spend what the CA's limits allow. So too where somebody deleted records: the
 * next leader would know nothing of them. Until the term is over.
 */
export async function watchStore(options: WatchStoreOptions, signal: AbortSignal): Promise<void> {
  const { publisher, certificates, clock, log } = options;
  let isBehind = false;
  for (let round = 1; !signal.aborted; round += 1) {
    await clock.sleep(EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      isBehind ||= certificates.seesLoss || (await publisher.wasSetBack(signal));
      if (round % ROUNDS === 0) isBehind ||= await certificates.hasLost(signal);
      if (!isBehind) continue;
      await bringBack(options, signal);
      isBehind = false;
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'seeing whether the store is as it was left');
    }
  }
}

async function bringBack(options: WatchStoreOptions, signal: AbortSignal): Promise<void> {
  const { publisher, certificates, orders, hosts, hold, log, onChanged } = options;
  log.warn('the store was set back to an earlier state: writing again what it has lost');
  orders.forget();
  hosts.forget();
  hold.forget();
  const lost = await certificates.bringBack(signal);
  // Gateways have the older one of what was renewed since; what nobody asks for is taken from them again.
  await publisher.republish(lost.filter(({ unwantedSince }) => unwantedSince === undefined));
  log.info({ count: lost.length }, 'wrote certificates again that the store had lost');
  onChanged();
}
