import { systemClock, type CertificateRecord, type Clock } from '@gatefleet/acme';
import type { testAcmeStore } from '@gatefleet/acme/contract';
import type { KvStore } from '@gatefleet/consul-kv';
import { RecordCipher } from '../cipher/record-cipher.ts';
import { createLogger } from '../log.ts';
import { challengeStore } from '../store/challenges.ts';
import { Fence } from '../store/fence.ts';
import { LEADER } from '../store/keys.ts';
import { knownFormats } from '../store/known-formats.ts';
import { ledgerStore } from '../store/ledger-store.ts';
import { openRecords } from '../store/open-records.ts';
import { GatewayPublisher } from '../store/publisher.ts';
import type { RecordFormats } from '../store/record-format.ts';
import { TermRecords } from '../store/term-records.ts';
import { writableRecords } from '../store/sealed-records.ts';

type Opened = Awaited<ReturnType<Parameters<typeof testAcmeStore>[1]>>;
/** What the leader itself has besides. */
interface OpenedLeader extends Opened {
  readonly publisher: GatewayPublisher;
  readonly certificates: TermRecords<CertificateRecord>;
}

/** The leader's store on any key-value store, as the contract of `acme` wants it. */
export async function openTestStore(store: KvStore, key: string): Promise<OpenedLeader> {
  const { acmeStore, certificates, publisher, loseLeadership } = await openTestTerm(store, key);
  return { store: acmeStore, certificates, publisher, loseLeadership };
}

export interface TestTermOptions {
  readonly clock?: Clock;
  readonly onReload?: (certificates: number) => void;
  /** @defaultValue one of `key` */
  readonly cipher?: RecordCipher;
  /** @defaultValue those of this version */
  readonly formats?: RecordFormats;
}

/** All that a leader has to write with, for one term. */
export async function openTestTerm(store: KvStore, key: string, options: TestTermOptions = {}) {
  const {
    clock = systemClock,
    onReload = () => undefined,
    cipher = new RecordCipher(key),
    formats = knownFormats,
  } = options;
  const log = createLogger('fatal');
  const { signal } = new AbortController();
  const session = await store.createSession({ name: 'test', ttlSeconds: 10, lockDelaySeconds: 0 });
  const { kind } = await store.acquire(LEADER, '', session);
  if (kind !== 'acquired') throw new Error(`the lock is ${kind}`);
  const fence = new Fence({ store, session, epoch: 7, log, onLost: () => undefined });
  const records = openRecords(store, cipher, formats, log);
  const orders = new TermRecords(records.orders, fence);
  const certificates = new TermRecords<CertificateRecord>(records.certificates, fence, { lost: 'known' });
  const acmeStore = {
    accounts: writableRecords(records.accounts, fence),
    orders,
    certificates,
    challenges: challengeStore(store, fence),
    ledger: (directoryUrl: string) => ledgerStore(store, fence, directoryUrl),
  };
  const publisher = new GatewayPublisher({
    ...{ store, fence, certificates, orders, clock, onReload, signal },
    sealed: records.certificates,
  });
  const snapshot = writableRecords(records.snapshot, fence);
  const loseLeadership = () => store.destroySession(session);
  return { acmeStore, certificates, orders, snapshot, publisher, fence, records, log, loseLeadership };
}
