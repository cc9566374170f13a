import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';

/** A gateway Pod as the API server tells it. */
export interface GatewayPod {
  readonly name: string;
  readonly isReady: boolean;
  readonly isEnding: boolean;
}

export async function gatewayPods({ kubectl }: Pick<Fleet, 'kubectl'>): Promise<readonly GatewayPod[]> {
  const selector = ['-l', 'app.kubernetes.io/name=traefik'];
  const { items } = JSON.parse(await kubectl('-n', 'gatefleet', 'get', 'pods', ...selector, '-o', 'json')) as {
    items: {
      metadata: { name: string; deletionTimestamp?: string };
      status: { conditions?: { type: string; status: string }[] };
    }[];
  };
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    isReady: status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    isEnding: metadata.deletionTimestamp !== undefined,
  }));
}

/** Gateways that came since the watching began. */
export interface NewGateways {
  /** Ends it. @returns by Pod, the serial that it showed for each host as soon as it was seen ready, or why it showed none. */
  stop(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
}

const lookEveryMs = 250;

/** Asks each new gateway for these hosts as soon as it is ready. */
export async function watchNewGateways(fleet: Fleet, hosts: readonly string[]): Promise<NewGateways> {
  const known = new Set((await gatewayPods(fleet)).map(({ name }) => name));
  const asked = new Map<string, Promise<ReadonlyMap<string, string>>>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      for (const { name, isReady } of await gatewayPods(fleet)) {
        if (isReady && !known.has(name) && !asked.has(name)) {
          asked.set(
            name,
            fleet.shownBy(name, hosts).catch((error: unknown) => new Map([['', String(error)]])),
          );
        }
      }
      await sleep(lookEveryMs);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return new Map(await Promise.all([...asked].map(async ([name, shown]) => [name, await shown] as const)));
    },
  };
}
