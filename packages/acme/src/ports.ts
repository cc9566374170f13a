import type { LedgerStore } from './ledger/ledger.ts';
import type { AccountRecord, CertificateRecord, ChallengeRecord, OrderRecord } from './records.ts';

export interface Clock {
  now(): Date;
  /** @throws the signal's reason when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** A record as read. `index` is its version: it changes with every write and is never 0. */
export interface Stored<T> {
  readonly record: T;
  readonly index: number;
}

export type SaveResult =
  | { readonly kind: 'written'; readonly index: number }
  /** Another version is there than the one expected. Nothing was written. */
  | { readonly kind: 'conflict' }
  /** The caller no longer leads. Nothing was written, and nothing will be. */
  | { readonly kind: 'lost-leadership' };

export type DeleteResult =
  { readonly kind: 'deleted' } | { readonly kind: 'conflict' } | { readonly kind: 'lost-leadership' };

/**
 * Records of one kind. Reads see every earlier write. Writes are compare-and-set and fenced: they take effect only while the writer
 * leads. A store that cannot be reached is thrown, and then a write may have happened. Safe for concurrent use.
 */
export interface RecordStore<T> {
  load(id: string, signal: AbortSignal): Promise<Stored<T> | undefined>;
  list(signal: AbortSignal): Promise<readonly Stored<T>[]>;
  /** @param ifIndex - the version that is replaced; 0 means "only if absent". */
  save(id: string, record: T, ifIndex: number, signal: AbortSignal): Promise<SaveResult>;
  /** Deleting what is already gone succeeds. */
  delete(id: string, ifIndex: number, signal: AbortSignal): Promise<DeleteResult>;
}

/** Open challenges by token. Fenced like {@link RecordStore}, but without versions: a token's answer never changes. */
export interface ChallengeStore {
  load(token: string, signal: AbortSignal): Promise<ChallengeRecord | undefined>;
  list(signal: AbortSignal): Promise<readonly ChallengeRecord[]>;
  /** Writes them all, each in full or not at all; repeating it is harmless. */
  publish(challenges: readonly ChallengeRecord[], signal: AbortSignal): Promise<'written' | 'lost-leadership'>;
  /** Removes what is there of them. */
  remove(tokens: readonly string[], signal: AbortSignal): Promise<'deleted' | 'lost-leadership'>;
}

export interface AcmeStore {
  /** By {@link caId}. */
  readonly accounts: RecordStore<AccountRecord>;
  /** By {@link certificateId}. At most one order for a set of names. */
  readonly orders: RecordStore<OrderRecord>;
  /** By {@link certificateId}. New ones come by the {@link CertificatePublisher} only. */
  readonly certificates: Omit<RecordStore<CertificateRecord>, 'delete'>;
  readonly challenges: ChallengeStore;
  /** What was spent of the limits of the CA with this directory. */
  ledger(directoryUrl: string): LedgerStore;
}

export interface Publication {
  readonly certificate: CertificateRecord;
  /** The version of the order `certificate.id` that obtained it. */
  readonly orderIndex: number;
  /** The version of the record that it replaces; 0 where there is none. */
  readonly replacedIndex: number;
}

export interface CertificatePublisher {
  /**
   * In one transaction: keeps the certificate's record in the place of that version, and deletes its order at that version. So a certificate and the order for it are
   * never both there, nor both gone.
   */
  keep(publication: Publication, signal: AbortSignal): Promise<'kept' | 'conflict' | 'lost-leadership'>;
  /**
   * Gives a kept certificate to the gateways. May wait to give them several at once. What was kept and never published, for a crash came
   * between, is found by whoever compares the two.
   */
  publish(certificate: CertificateRecord, signal: AbortSignal): Promise<'published' | 'lost-leadership'>;
}

export interface ChallengeReadiness {
  /** Comes back when every replica that the CA may ask can read these challenges. @throws what hinders it; it is asked again later. */
  ready(challenges: readonly ChallengeRecord[], signal: AbortSignal): Promise<void>;
}

/** What proves a host by DNS-01. @see RFC 8555, section 8.4 */
export interface DnsAnswer {
  /** As in the certificate, `*.` included. */
  readonly host: string;
  readonly keyAuthorization: string;
}

/** Where names are proven by records in DNS. */
export interface DnsChallenges {
  /** Sets the records, and comes back when the zones' own servers show them. Repeating it is harmless. @throws what hinders it; it is asked again later. */
  present(answers: readonly DnsAnswer[], signal: AbortSignal): Promise<void>;
  /** Removes what was set; what is gone already is no error. */
  remove(answers: readonly DnsAnswer[], signal: AbortSignal): Promise<void>;
}

/** What proves a host by DNS-PERSIST-01: a record that names the CA and our account there. @see draft-ietf-acme-dns-persist-02, section 3 */
export interface PersistAnswer {
  /** As in the certificate, `*.` included. */
  readonly host: string;
  /** Any of them will do; at least one. */
  readonly issuerDomains: readonly string[];
  readonly account: PersistAccount;
}

/** Our account, as such a record is to name it. */
export interface PersistAccount {
  readonly uri: string;
  /** Where the CA wants a hash in its place: what it begins with, and the thumbprints of the account's keys, the present one first. */
  readonly hashed?: { readonly prefix: string; readonly thumbprints: readonly string[] } | undefined;
}

/** Where names are proven by records that stay, and that somebody else sets. */
export interface PersistChallenges {
  /** Comes back when the zones' own servers show for each host a record that the CA would take. @throws what is missing; it is asked again later. */
  ready(answers: readonly PersistAnswer[], signal: AbortSignal): Promise<void>;
}

/** Where a host leads to, as far as it can be seen from here. */
export type HostLead =
  | { readonly kind: 'here' }
  /** `reason` is a clause about the host, and `hint` the next step; both are shown to whoever asked for the host. */
  | { readonly kind: 'elsewhere'; readonly reason: string; readonly hint: string };

export interface Preflight {
  /** Looks whether the CA would find us at this host. What cannot be found out counts as `here`. @throws the signal's reason, and nothing else. */
  look(host: string, signal: AbortSignal): Promise<HostLead>;
}

/** Where an order stands, in the order of its life. Each is passed after what it names was saved or done. */
export const checkpoints = [
  'prepared',
  'order-placed',
  'order-saved',
  'tokens-saved',
  'challenges-published',
  'responders-ready',
  'challenges-answered',
  'authorized',
  'finalized',
  'issued',
  'downloaded',
  'kept',
  'published',
] as const;
export type Checkpoint = (typeof checkpoints)[number];

/** Called at each checkpoint of each order, and awaited: metrics time the stages by it, fault tests break the process by it. */
export type OnCheckpoint = (checkpoint: Checkpoint, certificateId: string) => void | Promise<void>;
