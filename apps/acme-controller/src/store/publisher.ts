import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificatePublisher, CertificateRecord, Publication } from '@gatefleet/acme';
import type { KvOperation } from '@gatefleet/consul-kv';
import { keysOf } from '@gatefleet/traefik-config';
import { MAX_FENCED_OPERATIONS, type Fence } from './fence.ts';
import { GATEWAY_ROOT, gatewayKeys, ORDERS } from './keys.ts';
import type { SealedRecords } from './sealed-records.ts';

type Published = Awaited<ReturnType<CertificatePublisher['publish']>>;

interface Waiting {
  readonly publication: Publication;
  readonly operations: readonly KvOperation[];
  readonly done: (result: Published) => void;
  readonly failed: (error: unknown) => void;
}

/** Every transaction makes all gateways reload, so those that come together are written together; a lone one goes at once. */
const GATHER_MS = 250;
const OPERATIONS_EACH = 5;
/** 12; their values stay far below the limit of a transaction. */
const BATCH = Math.floor(MAX_FENCED_OPERATIONS / OPERATIONS_EACH);

export interface PublisherOptions {
  readonly fence: Fence;
  readonly certificates: SealedRecords<CertificateRecord>;
  /** Called for each transaction that makes the gateways reload. */
  readonly onReload: (certificates: number) => void;
  /** Of the term. */
  readonly signal: AbortSignal;
}

export class GatewayPublisher implements CertificatePublisher {
  readonly #options: PublisherOptions;
  readonly #waiting: Waiting[] = [];
  #isFlushing = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  async publish(publication: Publication, signal: AbortSignal): Promise<Published> {
    signal.throwIfAborted();
    const operations = this.#operationsOf(publication);
    const { promise, resolve, reject } = Promise.withResolvers<Published>();
    this.#waiting.push({ publication, operations, done: resolve, failed: reject });
    if (!this.#isFlushing) void this.#flush();
    return promise;
  }

  /** Gives kept certificates to the gateways again. */
  async republish(certificates: readonly CertificateRecord[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < certificates.length; at += 25) {
      const batch = certificates.slice(at, at + 25);
      await this.#write(batch.flatMap(gatewayOperations), batch.length, signal);
    }
  }

  /** Takes certificates from the gateways; their records stay. */
  async unpublish(ids: readonly string[], signal: AbortSignal): Promise<void> {
    for (let at = 0; at < ids.length; at += 25) {
      const batch = ids.slice(at, at + 25);
      const deletes = batch.flatMap((id) =>
        Object.values(gatewayKeys(id)).map((key): KvOperation => ({ kind: 'delete', key })),
      );
      await this.#write(deletes, batch.length, signal);
    }
  }

  async #write(operations: readonly KvOperation[], certificates: number, signal: AbortSignal): Promise<void> {
    const result = await this.#options.fence.transact(operations, signal);
    if (result.kind === 'written') this.#options.onReload(certificates);
  }

  #operationsOf({ certificate, orderIndex }: Publication): KvOperation[] {
    const { certificates } = this.#options;
    const order = ORDERS + certificate.id;
    return [
      // Deleting what is gone succeeds, so that it is still there is asked for itself.
      { kind: 'check-index', key: order, ifIndex: orderIndex },
      { kind: 'delete-cas', key: order, ifIndex: orderIndex },
      { kind: 'set', key: certificates.path(certificate.id), value: certificates.seal(certificate.id, certificate) },
      ...gatewayOperations(certificate),
    ];
  }

  async #flush(): Promise<void> {
    const { signal } = this.#options;
    this.#isFlushing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await this.#flushBatch(batch);
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
      await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined);
    }
    this.#isFlushing = false;
  }

  /** One order that somebody else changed must not hold up the others. */
  async #flushBatch(batch: readonly Waiting[]): Promise<void> {
    const { fence, onReload, signal } = this.#options;
    const operations = batch.flatMap((waiting) => waiting.operations);
    const result = await fence.transact(operations, signal);
    if (result.kind === 'lost-leadership') return batch.forEach(({ done }) => done('lost-leadership'));
    if (result.kind === 'written') {
      onReload(batch.length);
      return batch.forEach(({ done }) => done('published'));
    }
    const inConflict = new Set(result.operations.map((operation) => Math.floor(operation / OPERATIONS_EACH)));
    batch.forEach(({ done }, i) => inConflict.has(i) && done('conflict'));
    const rest = batch.filter((_, i) => !inConflict.has(i));
    if (rest.length > 0 && rest.length < batch.length) await this.#flushBatch(rest);
    else if (rest.length > 0) batch.forEach(({ done }) => done('conflict'));
  }
}

/** Checked against the schema first: what Traefik chokes on would stop every gateway's updates. */
function gatewayOperations({ id, chain, privateKey }: CertificateRecord): KvOperation[] {
  const keys = keysOf({ tls: { certificates: { [id]: { certFile: chain, keyFile: privateKey } } } }, GATEWAY_ROOT);
  return [...keys].map(([key, value]) => ({ kind: 'set', key, value }));
}
