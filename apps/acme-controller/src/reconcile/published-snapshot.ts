import type { CertificateRecord, Clock, RecordStore } from '@gatefleet/acme';
import type { Logger } from '../log.ts';
import type { GatewayPublisher } from '../store/publisher.ts';
import type { TermRecords } from '../store/term-records.ts';
import { planSnapshot } from '../wanted/plan-snapshot.ts';

export interface PublishedSnapshotOptions {
  readonly certificates: TermRecords<CertificateRecord>;
  readonly snapshot: RecordStore<CertificateRecord>;
  readonly publisher: Pick<GatewayPublisher, 'published' | 'republish'>;
  readonly clock: Clock;
  /** The leader's term. */
  readonly epoch: number;
  readonly log: Logger;
}

export interface Restored {
  /** What the gateways have again. */
  readonly published: number;
  /** Of these, those that replaced another certificate. */
  readonly replaced: number;
  /** What of the snapshot has ended, or cannot be served. */
  readonly left: number;
}

const EVERY_MS = 3_600_000;
/** A new leader first brings the gateways in line. */
const FIRST_MS = 20_000;

/** The last good state of what the gateways have, and the way back to it. */
export class PublishedSnapshot {
  readonly #options: PublishedSnapshotOptions;

  constructor(options: PublishedSnapshotOptions) {
    this.#options = options;
  }

  /** Brings the snapshot up to date every hour, until the term is over. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    let waitMs = FIRST_MS;
    while (!signal.aborted) {
      await clock.sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      waitMs = EVERY_MS;
      await this.take(signal).catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, 'taking the snapshot of what is published');
      });
    }
  }

  async take(signal: AbortSignal): Promise<void> {
    const { certificates, snapshot, publisher, clock } = this.#options;
    const kept = new Map((await certificates.list(signal)).map(({ record }) => [record.id, record]));
    const stored = new Map((await snapshot.list(signal)).map((each) => [each.record.id, each]));
    const before = new Map([...stored].map(([id, { record }]) => [id, record]));
    const { ids: published } = await publisher.published(signal);
    const { take, drop } = planSnapshot({ kept, published, snapshot: before }, clock.now());
    const taken = take.flatMap((id) => kept.get(id) ?? []);
    await Promise.all([
      ...taken.map((record) => snapshot.save(record.id, record, stored.get(record.id)?.index ?? 0, signal)),
      ...drop.map((id) => snapshot.delete(id, stored.get(id)?.index ?? 0, signal)),
    ]);
  }

  /**
   * Writes everything of the snapshot to the gateways anew, whatever they have, and makes it the certificate that is kept. What came
   * later under other names stays.
   */
  async restore(signal: AbortSignal): Promise<Restored> {
    const { certificates, snapshot, publisher, clock, epoch, log } = this.#options;
    const all = (await snapshot.list(signal)).map(({ record }) => record);
    const good = all.filter(({ notAfter }) => Date.parse(notAfter) > clock.now().getTime());
    const kept = new Map((await certificates.list(signal)).map((each) => [each.record.id, each]));
    const other = good.filter(({ id, serial }) => kept.get(id)?.record.serial !== serial);
    await Promise.all(
      other.map((record) =>
        certificates.save(record.id, { ...record, epoch }, kept.get(record.id)?.index ?? 0, signal),
      ),
    );
    const failed = await publisher.republish(good);
    for (const { id, error } of failed) log.error({ err: error, certificate: id }, 'not published');
    // Without the lock nothing was written; the next leader does it.
    signal.throwIfAborted();
    const published = good.length - failed.length;
    return { published, replaced: other.length, left: all.length - published };
  }
}
