import type { Clock, RenewalWindows } from '@gatefleet/acme';
import type { Logger } from '../log.ts';

export interface WatchRenewalsOptions {
  readonly windows: Pick<RenewalWindows, 'refresh'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Some certificates are to be renewed at another time than planned. */
  readonly onChanged: () => void;
}

/** A new certificate is asked about this soon at the latest. */
const LONGEST_MS = 60_000;
const SHORTEST_MS = 1_000;

/** Keeps every certificate's renewal window as the CA tells it, until the term is over. */
export async function watchRenewals(options: WatchRenewalsOptions, signal: AbortSignal): Promise<void> {
  const { windows, clock, log, onChanged } = options;
  while (!signal.aborted) {
    let waitMs = LONGEST_MS;
    try {
      const { changed, failed, nextAt } = await windows.refresh(signal);
      for (const { id, explanationUrl } of changed) {
        if (explanationUrl !== undefined) log.warn({ certificate: id, explanationUrl }, 'the CA wants another renewal');
      }
      for (const { code, message } of failed.slice(0, 1)) {
        log.warn({ code, reason: message, count: failed.length }, 'asking the CA when to renew');
      }
      if (changed.length > 0) onChanged();
      if (nextAt !== undefined)
        waitMs = Math.min(Math.max(nextAt.getTime() - clock.now().getTime(), SHORTEST_MS), waitMs);
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error }, 'asking the CA when to renew');
    }
    await clock.sleep(waitMs, signal).catch(() => undefined);
  }
}
