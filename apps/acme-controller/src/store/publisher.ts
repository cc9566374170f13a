import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificatePublisher, CertificateRecord, OrderRecord, Publication } from '@gatefleet/acme';
import type { KvOperation, KvStore } from '@gatefleet/consul-kv';
import { keysOf } from '@gatefleet/traefik-config';
import type { Fence } from './fence.ts';
import { GATEWAY_CERTIFICATES, GATEWAY_ROOT, gatewayKeys, ORDERS, publishedIds } from './keys.ts';
import type { SealedRecords } from './sealed-records.ts';
import type { TermRecords } from './term-records.ts';

type Published = 'published' | 'lost-leadership';

/** What is to be changed below Traefik's root for one certificate. */
interface Change {
  readonly id: string;
  /** Whether the gateways have it afterwards. */
  readonly isServed: boolean;
  readonly operations: readonly KvOperation[];
  readonly done: (result: Published) => void;
  readonly failed: (error: unknown) => void;
}

/** Every change makes all gateways read everything again, so changes wait for each other; a lone one goes at once. */
const REST_MS = 1_000;
/** Certificates in one transaction, of two keys each. */
const TOGETHER = 25;
const READ_EVERY_MS = 60_000;

export interface PublisherOptions {
  readonly store: Pick<KvStore, 'keys'>;
  readonly fence: Fence;
  readonly sealed: SealedRecords<CertificateRecord>;
  readonly certificates: TermRecords<CertificateRecord>;
  readonly orders: TermRecords<OrderRecord>;
  /** Called for each batch that makes the gateways reload, with its number of certificates. */
  readonly onReload: (certificates: number) => void;
  /** Of the term. */
  readonly signal: AbortSignal;
}

/** Keeps certificates, and gives them to the gateways in batches, one a second at most. */
export class GatewayPublisher implements CertificatePublisher {
  readonly #options: PublisherOptions;
  #changes: Change[] = [];
  #isWriting = false;
  #published: { readonly ids: Set<string>; readonly readAt: number } | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  async keep(
    { certificate, orderIndex }: Publication,
    signal: AbortSignal,
  ): Promise<'kept' | 'conflict' | 'lost-leadership'> {
    const { sealed, certificates, orders, fence } = this.#options;
    const { id } = certificate;
    const order = ORDERS + id;
    const key = sealed.path(id);
    const operations: KvOperation[] = [
      // Deleting what is gone succeeds, so that it is still there is asked for itself.
      { kind: 'check-index', key: order, ifIndex: orderIndex },
      { kind: 'delete-cas', key: order, ifIndex: orderIndex },
      { kind: 'set', key, value: sealed.seal(id, certificate) },
    ];
    try {
      const result = await fence.transact(operations, signal);
      if (result.kind !== 'written') return result.kind;
      await certificates.note(id, { record: certificate, index: result.indexes.get(key) ?? 0 });
      await orders.note(id, undefined);
      return 'kept';
    } catch (error) {
      certificates.forget();
      orders.forget();
      throw error;
    }
  }

  async publish(certificate: CertificateRecord, signal: AbortSignal): Promise<Published> {
    signal.throwIfAborted();
    return this.#change(certificate.id, true, gatewayOperations(certificate));
  }

  /** Ids of what the gateways have. Read now and then, for others may write there as well; in between, what was written here is known. */
  async published(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { store } = this.#options;
    const now = performance.now();
    if (this.#published === undefined || now - this.#published.readAt > READ_EVERY_MS) {
      this.#published = { ids: publishedIds(await store.keys(GATEWAY_CERTIFICATES, signal)), readAt: now };
    }
    return this.#published.ids;
  }

  /** Gives kept certificates to the gateways again. */
  async republish(certificates: readonly CertificateRecord[]): Promise<void> {
    await Promise.all(certificates.map((certificate) => this.publish(certificate, this.#options.signal)));
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

  #change(id: string, isServed: boolean, operations: readonly KvOperation[]): Promise<Published> {
    const { promise, resolve, reject } = Promise.withResolvers<Published>();
    this.#changes.push({ id, isServed, operations, done: resolve, failed: reject });
    if (!this.#isWriting) void this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    const { signal, onReload } = this.#options;
    this.#isWriting = true;
    // What was asked for in the same turn goes along.
    await Promise.resolve();
    while (this.#changes.length > 0) {
      const batch = this.#changes;
      this.#changes = [];
      const written = await this.#writeBatch(batch);
      if (written > 0) onReload(written);
      await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
    }
    this.#isWriting = false;
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
          this.#note(changes);
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

  #note(changes: readonly Change[]): void {
    for (const { id, isServed } of changes) {
      if (isServed) this.#published?.ids.add(id);
      else this.#published?.ids.delete(id);
    }
  }
}

/** Checked against the schema first: what Traefik chokes on would stop every gateway's updates. */
function gatewayOperations({ id, chain, privateKey }: CertificateRecord): KvOperation[] {
  const keys = keysOf({ tls: { certificates: { [id]: { certFile: chain, keyFile: privateKey } } } }, GATEWAY_ROOT);
  return [...keys].map(([key, value]) => ({ kind: 'set', key, value }));
}
