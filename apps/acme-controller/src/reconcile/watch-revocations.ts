import type { Clock, Engine } from '@gatefleet/acme';
import type { Logger } from '../log.ts';
import type { GatewayPublisher } from '../store/publisher.ts';
import type { Wake } from './wake.ts';

export interface WatchRevocationsOptions {
  readonly engine: Pick<Engine, 'revoke'>;
  readonly publisher: Pick<GatewayPublisher, 'published'>;
  /** Set when there may be something to be revoked. */
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Logger;
}

const RETRY_MS = 5_000;

/** Has the CAs revoke what is to be revoked, until the term is over. */
export async function watchRevocations(options: WatchRevocationsOptions, signal: AbortSignal): Promise<void> {
  const { engine, publisher, wake, clock, log } = options;
  while (!signal.aborted) {
    let waitMs: number | undefined;
    try {
      const { ids, outdated } = await publisher.published(signal);
      const gateways = {
        isServed: ({ id }: { readonly id: string }) => ids.has(id) && !outdated.has(id),
        isGone: (id: string) => !ids.has(id),
      };
      const { revoked, failed, nextAt } = await engine.revoke(gateways, signal);
      for (const { id, serial } of revoked) log.info({ certificate: id, serial }, 'revoked');
      for (const { code, message, hint } of failed) log.error({ code, reason: message, hint }, 'not revoked yet');
      if (nextAt !== undefined) waitMs = Math.max(0, nextAt.getTime() - clock.now().getTime());
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error }, 'revoking');
      waitMs = RETRY_MS;
    }
    await wake.wait(waitMs, signal);
  }
}
