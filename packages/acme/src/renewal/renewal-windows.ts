import { AcmeError } from '../errors.ts';
import { ariIdentifier } from '../keys/ari-identifier.ts';
import type { AcmeStore, Clock, Stored } from '../ports.ts';
import type { CertificateAuthority } from '../protocol/certificate-authority.ts';
import { askRenewalInfo } from '../protocol/renewal-info.ts';
import type { CertificateRecord } from '../records.ts';

export interface RenewalWindowsOptions {
  /** Each is asked about the certificates that it issued. */
  readonly cas: readonly Pick<CertificateAuthority, 'directoryUrl' | 'directory' | 'get'>[];
  readonly certificates: AcmeStore['certificates'];
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads what would come at once. */
  readonly random: () => number;
  /** How many times sooner a new leader asks about what it knows a window of. Default 1: within an hour. */
  readonly haste?: number | undefined;
}

export interface Refreshed {
  /** Certificates whose window is another now, with the CA's page about it where it has one. */
  readonly changed: readonly { readonly id: string; readonly explanationUrl: string | undefined }[];
  /** What could not be asked; the window known before stays. */
  readonly failed: readonly AcmeError[];
  /** When the next certificate is to be asked about; undefined where there is none. */
  readonly nextAt: Date | undefined;
}

interface Turn {
  readonly serial: string;
  readonly askAt: Date;
  readonly failures: number;
}

const AT_ONCE = 4;
const HOUR_MS = 3_600_000;
const FIRST_RETRY_MS = 60_000;
/** @see RFC 9773, section 4.3.3: after lasting errors, every six hours. */
const LAST_RETRY_MS = 6 * HOUR_MS;

/** Asks the CA in time about each certificate's renewal, and keeps the window in its record. Valid for one leadership term. */
export class RenewalWindows {
  readonly #options: RenewalWindowsOptions;
  readonly #turns = new Map<string, Turn>();

  constructor(options: RenewalWindowsOptions) {
    this.#options = options;
  }

  /** Asks about all whose turn it is. @throws what the store threw; the signal's reason when aborted. */
  async refresh(signal: AbortSignal): Promise<Refreshed> {
    const { certificates, clock } = this.#options;
    const now = clock.now();
    const stored = (await certificates.list(signal)).filter(
      ({ record }) => this.#caOf(record) !== undefined && Date.parse(record.notAfter) > now.getTime(),
    );
    this.#takeTurns(stored, now);

    const due = stored.filter(({ record }) => (this.#turns.get(record.id)?.askAt ?? now) <= now);
    const changed: { id: string; explanationUrl: string | undefined }[] = [];
    const failed: AcmeError[] = [];
    const queue = due.values();
    const worker = async () => {
      for (const each of queue) {
        const result = await this.#ask(each, signal);
        if (result instanceof AcmeError) failed.push(result);
        else if (result !== undefined) changed.push(result);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    const times = [...this.#turns.values()].map(({ askAt }) => askAt.getTime());
    return {
      changed,
      failed,
      nextAt: times.length === 0 ? undefined : new Date(times.reduce((a, b) => Math.min(a, b))),
    };
  }

  #caOf(record: CertificateRecord) {
    return this.#options.cas.find(({ directoryUrl }) => directoryUrl === record.ca);
  }

  /** A new leader asks at once only for what it knows no window of: the others come within an hour, not all together. */
  #takeTurns(stored: readonly Stored<CertificateRecord>[], now: Date): void {
    const ids = new Set(stored.map(({ record }) => record.id));
    for (const id of this.#turns.keys()) if (!ids.has(id)) this.#turns.delete(id);
    for (const { record } of stored) {
      if (this.#turns.get(record.id)?.serial === record.serial) continue;
      const wait = record.window === undefined ? 0 : (this.#options.random() * HOUR_MS) / (this.#options.haste ?? 1);
      this.#turns.set(record.id, { serial: record.serial, askAt: new Date(now.getTime() + wait), failures: 0 });
    }
  }

  async #ask({ record, index }: Stored<CertificateRecord>, signal: AbortSignal) {
    const { certificates, clock } = this.#options;
    const ca = this.#caOf(record);
    if (ca === undefined) return undefined;
    const { id, serial } = record;
    const now = clock.now();
    try {
      const ariId = ariIdentifier(record.chain);
      const info = ariId === undefined ? undefined : await askRenewalInfo(ca, ariId, now, signal);
      this.#turns.set(id, { serial, askAt: info?.askAgainAt ?? new Date(now.getTime() + LAST_RETRY_MS), failures: 0 });
      if (info === undefined || isSame(info.window, record.window)) return undefined;
      const saved = await certificates.save(id, { ...record, window: info.window }, index, signal);
      return saved.kind === 'written' ? { id, explanationUrl: info.explanationUrl } : undefined;
    } catch (error) {
      if (!(error instanceof AcmeError)) throw error;
      const failures = (this.#turns.get(id)?.failures ?? 0) + 1;
      const pause = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20), LAST_RETRY_MS);
      const askAt = Math.max(now.getTime() + pause, error.retryAfter?.getTime() ?? 0);
      this.#turns.set(id, { serial, askAt: new Date(askAt), failures });
      return error;
    }
  }
}

function isSame(a: CertificateRecord['window'], b: CertificateRecord['window']): boolean {
  return a?.start === b?.start && a?.end === b?.end;
}
