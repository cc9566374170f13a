import {
  createEngine,
  RenewalWindows,
  type AcmeStore,
  type ChallengeReadiness,
  type Clock,
  type DnsChallenges,
  type IssuerOptions,
  type OnCheckpoint,
  type PersistChallenges,
  type Preflight,
} from '@gatefleet/acme';
import type { KvStore } from '@gatefleet/consul-kv';
import type { RecordCipher } from '../cipher/record-cipher.ts';
import type { CommandInbox } from '../kubernetes/command-inbox.ts';
import type { NoticeBoard } from '../kubernetes/notice-board.ts';
import type { TransferBox } from '../kubernetes/transfer-box.ts';
import type { IngressSource } from '../kubernetes/ingress-source.ts';
import type { Term } from '../leadership/campaign.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../status/metrics.ts';
import { AwayNote } from '../store/away-note.ts';
import { challengeStore } from '../store/challenges.ts';
import { ledgerStore } from '../store/ledger-store.ts';
import type { Records } from '../store/open-records.ts';
import { GatewayPublisher } from '../store/publisher.ts';
import { HostRegister } from '../store/host-owners.ts';
import { OrderingHold } from '../store/ordering-hold.ts';
import type { RecordFormats } from '../store/record-format.ts';
import { noteSealing } from '../store/sealed-with.ts';
import { TermRecords } from '../store/term-records.ts';
import { sealAnew, writableRecords } from '../store/sealed-records.ts';
import type { Quotas } from '../wanted/quotas.ts';
import type { Tenancy } from '../wanted/tenancy.ts';
import { watchOnDemand, type OnDemandOptions } from '../on-demand/watch-on-demand.ts';
import { HeldOrders } from './held-orders.ts';
import { PublishedSnapshot } from './published-snapshot.ts';
import { Reconciler } from './reconciler.ts';
import { ServedCertificates } from './served-certificates.ts';
import { obeyCommand } from './obey-command.ts';
import { watchCommands } from './watch-commands.ts';
import { Wake } from './wake.ts';
import { watchRenewals } from './watch-renewals.ts';
import { watchRevocations } from './watch-revocations.ts';
import { watchSealing } from './watch-sealing.ts';
import { watchStore } from './watch-store.ts';

export interface LeadOptions {
  /** The one that is asked first at the beginning. */
  readonly issuers: readonly IssuerOptions[];
  readonly readiness: ChallengeReadiness;
  /** Names are proven by DNS-01 with it, and wildcards can be; by HTTP-01 without. */
  readonly dns: DnsChallenges | undefined;
  /** By DNS-PERSIST-01 with it. */
  readonly persist: PersistChallenges | undefined;
  readonly preflight: Preflight | undefined;
  readonly wildcards: boolean;
  readonly store: KvStore;
  readonly cipher: RecordCipher;
  readonly formats: RecordFormats;
  readonly records: Records;
  readonly ingresses: IngressSource;
  readonly notices: NoticeBoard;
  readonly inbox: CommandInbox;
  readonly box: TransferBox;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly zones: readonly string[];
  readonly tenancy: Tenancy;
  readonly quotas: Quotas;
  /** Undefined where no host is served on demand. */
  readonly onDemand: OnDemandOptions | undefined;
  readonly ingressClass: string;
  /** For certificates whose Ingress asks for none of its own. */
  readonly profile: string | undefined;
  readonly maxOrders: number;
  /** How long a certificate that nobody asks for is kept, in milliseconds. */
  readonly retentionMs: number;
  readonly log: Logger;
  readonly onCheckpoint: OnCheckpoint | undefined;
  /** How many times faster renewals are asked about and begun. */
  readonly haste: number | undefined;
}

/** The work of one term: an engine and a reconciler that live and end with it. */
export function leadTerm(options: LeadOptions): (term: Term) => Promise<void> {
  const { records, store, metrics } = options;
  return async ({ fence, signal }) => {
    // Before anything is sealed, so that no other leader takes this key or format for one that no record has.
    await noteSealing({ ...options, fence }, signal);
    const certificates = new TermRecords(records.certificates, fence, { lost: 'known' });
    const orders = new TermRecords(records.orders, fence);
    const acmeStore: AcmeStore = {
      accounts: writableRecords(records.accounts, fence),
      orders,
      certificates,
      challenges: challengeStore(store, fence),
      ledger: (directoryUrl) => metrics.ledger.observed(directoryUrl, ledgerStore(store, fence, directoryUrl)),
    };
    const publisher = new GatewayPublisher({
      store,
      fence,
      sealed: records.certificates,
      certificates,
      orders,
      onReload: (changed) => metrics.gatewaysReloaded(changed),
      clock: options.clock,
      signal,
    });
    const engine = createEngine({
      issuers: options.issuers,
      store: acmeStore,
      publisher,
      readiness: options.readiness,
      dns: options.dns,
      persist: options.persist,
      preflight: options.preflight,
      epoch: fence.epoch,
      clock: options.clock,
      haste: options.haste,
      onCheckpoint: (checkpoint, certificate) => {
        metrics.reached(checkpoint, certificate);
        options.log.debug({ checkpoint, certificate }, 'reached');
        if (checkpoint === 'kept') reconciler.kept(certificate);
        return options.onCheckpoint?.(checkpoint, certificate);
      },
    });
    const { clock, log } = options;
    const cas = options.issuers.map(({ ca }) => ca);
    const hosts = new HostRegister(store, fence);
    const hold = new OrderingHold(store, fence, clock);
    const served = new ServedCertificates({
      certificates,
      publisher,
      clock,
      retentionMs: options.retentionMs,
      onHeld: (held) => metrics.held(held),
      onServed: (records) => metrics.lives.served(records),
      onUnpublishable: (count) => metrics.unpublishable(count),
      onWritten: () => reconciler.lookAgain(),
      log,
    });
    const onChanged = () => reconciler.lookAgain();
    const onDemand = options.onDemand && watchOnDemand(options.onDemand, { ...options, onChanged }, signal);
    const snapshot = new PublishedSnapshot({
      certificates,
      snapshot: writableRecords(records.snapshot, fence),
      publisher,
      clock,
      epoch: fence.epoch,
      log,
    });
    const reconciler: Reconciler = new Reconciler(
      {
        ...options,
        engine,
        acmeStore,
        served,
        away: new AwayNote(store, fence),
        held: new HeldOrders({ hold, inbox: options.inbox, acmeStore, log }),
        hosts,
        onDemand: onDemand?.current,
        onIssued: () => revoking.set(),
      },
      signal,
    );
    const revoking = new Wake();
    const windows = new RenewalWindows({
      ...{ cas, clock, certificates: acmeStore.certificates },
      random: Math.random,
      haste: options.haste,
    });
    const deps = {
      ...{ certificates, orders, hosts, hold, served, snapshot, publisher, engine, clock },
      box: options.box,
      ca: options.issuers[0]?.ca.directoryUrl ?? '',
      epoch: fence.epoch,
    };
    await Promise.all([
      reconciler.run(),
      onDemand?.done,
      snapshot.run(signal),
      watchSealing(
        {
          ...{ cipher: options.cipher, formats: options.formats, store, fence, log },
          kinds: [
            ...[certificates, orders],
            ...[records.accounts, records.snapshot].map((sealed) => ({
              ids: (by: AbortSignal) => sealed.ids(by),
              sealAnew: async (id: string, by: AbortSignal) => (await sealAnew(sealed, fence, id, by)).result,
            })),
          ],
          onLeft: (left) => metrics.toSealAnew(left),
        },
        signal,
      ),
      watchRenewals({ windows, clock, log, onChanged: reconciler.lookAgain }, signal),
      watchRevocations({ engine, publisher, wake: revoking, clock, log }, signal),
      watchStore({ publisher, certificates, orders, hosts, hold, clock, log, onChanged: reconciler.lookAgain }, signal),
      watchCommands(
        {
          inbox: options.inbox,
          obey: (command, by) => obeyCommand(command, deps, by),
          onDone: () => {
            reconciler.lookAgain();
            revoking.set();
          },
          log,
        },
        signal,
      ),
    ]);
  };
}
