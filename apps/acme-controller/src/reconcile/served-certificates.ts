import type { CertificatePlan, CertificateRecord, Clock } from '@gatefleet/acme';
import type { Logger } from '../log.ts';
import type { GatewayPublisher } from '../store/publisher.ts';
import type { TermRecords } from '../store/term-records.ts';
import { mayShrink } from '../wanted/may-shrink.ts';
import { planPublished } from '../wanted/plan-published.ts';
import { planRetention } from '../wanted/plan-retention.ts';

export interface ServedCertificatesOptions {
  readonly certificates: TermRecords<CertificateRecord>;
  readonly publisher: GatewayPublisher;
  readonly clock: Clock;
  /** How long what nobody asks for is kept, in milliseconds. */
  readonly retentionMs: number;
  /** How many certificates wait for somebody's word to be taken from the gateways; 0 for none. */
  readonly onHeld: (certificates: number) => void;
  /** The certificates that are wanted and on the gateways. */
  readonly onServed: (certificates: readonly CertificateRecord[]) => void;
  /** How many kept certificates are wanted that no gateway could serve. */
  readonly onUnpublishable: (certificates: number) => void;
  /** The gateways have something else now: there may be more to do. */
  readonly onWritten: () => void;
  readonly log: Logger;
}

/** Keeps what the gateways have, and what is kept for later, in line with what is wanted. */
export class ServedCertificates {
  readonly #options: ServedCertificatesOptions;
  #held = 0;
  #unpublishable: ReadonlySet<string> = new Set();
  #mayGo = false;
  #isWriting = false;

  constructor(options: ServedCertificatesOptions) {
    this.#options = options;
  }

  /** Lets all go that is held back now. @returns how many */
  letGo(): number {
    this.#mayGo = this.#held > 0;
    return this.#held;
  }

  /** @returns when something is to be removed, if nothing changes before */
  async bringInLine(plans: readonly CertificatePlan[], signal: AbortSignal): Promise<Date | undefined> {
    const { certificates, publisher, clock } = this.#options;
    const now = clock.now();
    const { ids: published, outdated } = await publisher.published(signal);
    const stored = await certificates.list(signal);
    const kept = new Map(stored.map(({ record }) => [record.id, record]));
    const wanted = new Map(plans.map(({ id, names }) => [id, names]));
    const { publish, unpublish } = planPublished({ wanted, published, outdated, kept }, now);
    this.#options.onServed([...published].flatMap((id) => (wanted.has(id) ? (kept.get(id) ?? []) : [])));
    // Writes to the gateways wait for each other; what else is to be done must not wait for them.
    const again = publish.flatMap((id) => (publisher.isOnItsWay(id) ? [] : (kept.get(id) ?? [])));
    if (!this.#isWriting) void this.#write(again, unpublish, published.size, signal);
    return this.#retain(new Set(wanted.keys()), published, now, signal);
  }

  async #write(
    again: readonly CertificateRecord[],
    unpublish: readonly string[],
    published: number,
    signal: AbortSignal,
  ): Promise<void> {
    this.#isWriting = true;
    let written = 0;
    try {
      const results = await Promise.all([this.#republish(again), this.#unpublish(unpublish, published)]);
      written = results[0] + results[1];
    } catch (error) {
      if (!signal.aborted) this.#options.log.error({ err: error }, 'bringing the gateways in line');
    } finally {
      this.#isWriting = false;
    }
    if (written > 0) this.#options.onWritten();
  }

  /** @returns how many were published */
  async #republish(again: readonly CertificateRecord[]): Promise<number> {
    const { publisher, log, onUnpublishable } = this.#options;
    const failed = await publisher.republish(again);
    const isNews = failed.some(({ id }) => !this.#unpublishable.has(id));
    for (const { id, error } of isNews ? failed : []) log.error({ err: error, certificate: id }, 'not published');
    this.#unpublishable = new Set(failed.map(({ id }) => id));
    onUnpublishable(failed.length);
    const count = again.length - failed.length;
    if (count > 0) log.info({ count }, 'published kept certificates again');
    return count;
  }

  /** @returns how many were taken away */
  async #unpublish(ids: readonly string[], published: number): Promise<number> {
    const { publisher, log, onHeld } = this.#options;
    const mayGo = this.#mayGo || mayShrink(published, ids.length);
    this.#mayGo = false;
    const held = mayGo ? 0 : ids.length;
    if (held > 0 && held !== this.#held) {
      log.error(
        { count: held, published, hint: 'if that is meant: gatefleet certs unpublish' },
        'too many certificates would be taken from the gateways at once: they stay',
      );
    }
    this.#held = held;
    onHeld(held);
    if (held > 0 || ids.length === 0) return 0;
    await publisher.unpublish(ids);
    log.info({ count: ids.length }, 'took certificates from the gateways that no Ingress asks for');
    return ids.length;
  }

  async #retain(
    wanted: ReadonlySet<string>,
    published: ReadonlySet<string>,
    now: Date,
    signal: AbortSignal,
  ): Promise<Date | undefined> {
    const { certificates, retentionMs, log } = this.#options;
    const stored = new Map((await certificates.list(signal)).map((each) => [each.record.id, each]));
    const records = [...stored.values()].map(({ record }) => record);
    const { release, reclaim, remove, nextAt } = planRetention(records, { wanted, published, retentionMs, now });
    const change = async (ids: readonly string[], next: (record: CertificateRecord) => CertificateRecord) => {
      const changed = ids.flatMap((id) => stored.get(id) ?? []);
      await Promise.all(changed.map(({ record, index }) => certificates.save(record.id, next(record), index, signal)));
    };
    await change(release, (record) => ({ ...record, unwantedSince: now.toISOString() }));
    await change(reclaim, ({ unwantedSince: _, ...record }) => record);
    await Promise.all(remove.map((id) => certificates.delete(id, stored.get(id)?.index ?? 0, signal)));
    if (remove.length > 0) log.info({ count: remove.length }, 'removed certificates that nobody asks for any more');
    return nextAt;
  }
}
