import type { CertificatePublisher, CertificateRecord, Clock, OrderRecord, Publication } from '@gatefleet/acme';
import type { KvOperation, KvStore } from '@gatefleet/consul-kv';
import { keysOf } from '@gatefleet/traefik-config';
import { checkPublishable } from './check-publishable.ts';
import type { Fence } from './fence.ts';
import { GATEWAY_CERTIFICATES, GATEWAY_ROOT, gatewayKeys, ORDERS, publishedIn } from './keys.ts';
import type { SealedRecords } from './sealed-records.ts';
import type { TermRecords } from './term-records.ts';

type Outcome = 'published' | 'lost-leadership';

/** What is to be changed below Traefik's root for one certificate. */
interface Change {
  readonly id: string;
  /** Whether the gateways have it afterwards. */
  readonly isServed: boolean;
  readonly operations: readonly KvOperation[];
  readonly done: (result: Outcome) => void;
  readonly failed: (error: unknown) => void;
}

/** What the gateways have. */
interface Published {
  readonly ids: Set<string>;
  /** Those of them that they have another certificate of than the one that is kept. */
  readonly outdated: Set<string>;
  readonly readAt: number;
}

/**
 * Every change makes all gateways read everything again, so changes wait for each other, the longer the more there is to read: many that come
 * one after another cost the gateways by their number then, and not by its square. A lone one goes at once.
 */
const LEAST_REST_MS = 1_000;
const REST_PER_CERTIFICATE_MS = 4;
const LONGEST_REST_MS = 10_000;
/** Certificates in one transaction, of two keys each. */
const TOGETHER = 25;
const READ_EVERY_MS = 60_000;

export interface PublisherOptions {
  readonly store: Pick<KvStore, 'keys' | 'list' | 'get'>;
  readonly fence: Fence;
  readonly sealed: SealedRecords<CertificateRecord>;
  readonly certificates: TermRecords<CertificateRecord>;
  readonly orders: TermRecords<OrderRecord>;
  /** Called for each batch that makes the gateways reload, with its number of certificates. */
  readonly onReload: (certificates: number) => void;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Of the term. */
  readonly signal: AbortSignal;
}

/** Keeps certificates, and gives them to the gateways in batches, one a second at most, and fewer where there are many. */
export class GatewayPublisher implements CertificatePublisher {
  readonly #options: PublisherOptions;
  #changes: Change[] = [];
  #isWriting = false;
  #published: Published | undefined;
  /** What is being given to the gateways, by certificate id. */
  readonly #onItsWay = new Map<string, { readonly serial: string; readonly outcome: Promise<Outcome> }>();
  /** What was written last: a store that does not have it any more is not as it was left. */
  #witness: { readonly key: string; readonly index: number } | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  async keep(
    { certificate, orderIndex, replacedIndex }: Publication,
    signal: AbortSignal,
  ): Promise<'kept' | 'conflict' | 'lost-leadership'> {
    const { sealed, certificates, orders, fence } = this.#options;
    const { id } = certificate;
    const order = ORDERS + id;
    const key = sealed.path(id);
    await Promise.all([certificates.settled(id), orders.settled(id)]);
    const ifIndex = orders.indexOf(id, orderIndex);
    const operations: KvOperation[] = [
      // Deleting what is gone succeeds, so that it is still there is asked for itself.
      { kind: 'check-index', key: order, ifIndex },
      { kind: 'delete-cas', key: order, ifIndex },
      { kind: 'cas', key, value: sealed.seal(id, certificate), ifIndex: certificates.indexOf(id, replacedIndex) },
    ];
    try {
      const result = await fence.transact(operations, signal);
      if (result.kind !== 'written') {
        certificates.forget();
        orders.forget();
        return result.kind;
      }
      await certificates.note(id, { record: certificate, index: result.indexes.get(key) ?? 0 });
      await orders.note(id, undefined);
      if (this.#published?.ids.has(id) === true) this.#published.outdated.add(id);
      return 'kept';
    } catch (error) {
      certificates.forget();
      orders.forget();
      throw error;
    }
  }

  /** @throws AcmeError `BAD_CERTIFICATE` for what a gateway could not serve; it keeps what it has */
  async publish(certificate: CertificateRecord, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    const { id, serial } = certificate;
    checkPublishable(certificate);
    const known = this.#onItsWay.get(id);
    if (known?.serial === serial) return known.outcome;
    const onItsWay = { serial, outcome: this.#change(id, true, gatewayOperations(certificate)) };
    this.#onItsWay.set(id, onItsWay);
    try {
      return await onItsWay.outcome;
    } finally {
      if (this.#onItsWay.get(id) === onItsWay) this.#onItsWay.delete(id);
    }
  }

  isOnItsWay(id: string): boolean {
    return this.#onItsWay.has(id);
  }

  /**
   * Ids of what the gateways have, and which of it is older than what is kept: a crash may have come between keeping and publishing. Read
   * whole at first and after a write of unknown outcome. Later only the ids are read now and then, for others may write there as well; in
   * between, what was written here is known.
   */
  async published(signal: AbortSignal): Promise<Pick<Published, 'ids' | 'outdated'>> {
    const readAt = performance.now();
    const known = this.#published;
    if (known === undefined) {
      this.#published = { ...(await this.#readWhole(signal)), readAt };
    } else if (readAt - known.readAt > READ_EVERY_MS) {
      const ids = await this.#wholeOf(await this.#options.store.keys(GATEWAY_CERTIFICATES, signal));
      if (this.#published === known) this.#published = { ...known, ids, readAt };
    }
    return this.#published ?? this.published(signal);
  }

  async #readWhole(signal: AbortSignal): Promise<Pick<Published, 'ids' | 'outdated'>> {
    const { store, certificates } = this.#options;
    const entries = await store.list(GATEWAY_CERTIFICATES, signal);
    const values = new Map(entries.map(({ key, value }) => [key, value]));
    const ids = await this.#wholeOf([...values.keys()]);
    const outdated = (await certificates.list(signal)).filter(({ record: { id, chain } }) => {
      const { certFile } = gatewayKeys(id);
      return ids.has(id) && values.get(certFile) !== chain;
    });
    return { ids, outdated: new Set(outdated.map(({ record }) => record.id)) };
  }

  /** Whether the store has lost what was written last, as after a snapshot was restored. What is published is then read again. */
  async wasSetBack(signal: AbortSignal): Promise<boolean> {
    const witness = this.#witness;
    if (witness === undefined) return false;
    const entry = await this.#options.store.get(witness.key, signal);
    const isOlder = (entry?.index ?? 0) < witness.index;
    if (!isOlder || this.#witness !== witness) return false;
    this.#witness = undefined;
    this.#published = undefined;
    return true;
  }

  /** Halves, of which somebody else wrote or deleted the other, are taken away: no gateway serves them, and what is wanted is published anew. */
  async #wholeOf(keys: readonly string[]): Promise<Set<string>> {
    const { whole, halves } = publishedIn(keys);
    if (halves.size > 0) await this.unpublish([...halves]);
    return whole;
  }

  /** Gives kept certificates to the gateways again. One that cannot be published does not keep back the others. @returns those, and why */
  async republish(
    certificates: readonly CertificateRecord[],
  ): Promise<readonly { readonly id: string; readonly error: unknown }[]> {
    const results = await Promise.all(
      certificates.map(async (certificate) => {
        try {
          await this.publish(certificate, this.#options.signal);
          return [];
        } catch (error) {
          // The term is over: that says nothing of the certificate.
          this.#options.signal.throwIfAborted();
          return [{ id: certificate.id, error }];
        }
      }),
    );
    return results.flat();
  }

  /** Takes certificates from the gateways; their records stay. */
  async unpublish(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map((id) => {
        const operations = Object.values(gatewayKeys(id)).map((key): KvOperation => ({ kind: 'delete', key }));
        return this.#change(id, false, operations);
      }),
    );
  }

  #change(id: string, isServed: boolean, operations: readonly KvOperation[]): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    this.#changes.push({ id, isServed, operations, done: resolve, failed: reject });
    if (!this.#isWriting) void this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    const { signal, onReload, clock } = this.#options;
    this.#isWriting = true;
    // What was asked for in the same turn goes along.
    await Promise.resolve();
    while (this.#changes.length > 0) {
      const batch = this.#changes;
      this.#changes = [];
      const written = await this.#writeBatch(batch);
      if (written > 0) onReload(written);
      await clock.sleep(this.#restMs(), signal).catch(() => undefined);
    }
    this.#isWriting = false;
  }

  #restMs(): number {
    const toRead = this.#published?.ids.size ?? 0;
    return Math.min(Math.max(LEAST_REST_MS, toRead * REST_PER_CERTIFICATE_MS), LONGEST_REST_MS);
  }

  /** @returns how many certificates were changed */
  async #writeBatch(batch: readonly Change[]): Promise<number> {
    const { fence, signal } = this.#options;
    let written = 0;
    for (let at = 0; at < batch.length; at += TOGETHER) {
      const changes = batch.slice(at, at + TOGETHER);
      try {
        const operations = changes.flatMap((change) => change.operations);
        const result = await fence.transact(operations, signal);
        if (result.kind === 'written') {
          written += changes.length;
          this.#note(changes, result.indexes);
        }
        // A conflict is none: nothing here asks for a version.
        for (const { done } of changes) done(result.kind === 'lost-leadership' ? 'lost-leadership' : 'published');
      } catch (error) {
        this.#published = undefined;
        for (const { failed } of changes) failed(error);
      }
    }
    return written;
  }

  #note(changes: readonly Change[], indexes: ReadonlyMap<string, number>): void {
    for (const { id, isServed } of changes) {
      if (isServed) this.#published?.ids.add(id);
      else this.#published?.ids.delete(id);
      this.#published?.outdated.delete(id);
      const key = gatewayKeys(id).certFile;
      const index = indexes.get(key);
      if (index !== undefined) this.#witness = { key, index };
      else if (this.#witness?.key === key) this.#witness = undefined;
    }
  }
}

/** Checked against the schema first: what Traefik chokes on would stop every gateway's updates. */
function gatewayOperations({ id, chain, privateKey }: CertificateRecord): KvOperation[] {
  const keys = keysOf({ tls: { certificates: { [id]: { certFile: chain, keyFile: privateKey } } } }, GATEWAY_ROOT);
  return [...keys].map(([key, value]) => ({ kind: 'set', key, value }));
}
