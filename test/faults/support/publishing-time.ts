import { certificateId } from '@gatefleet/acme';
import { PATIENCE_MS } from './form.ts';
import type { Stand } from './stand.ts';

/** Waits until every host's certificate is published. @returns how long 95 of 100 of them took at most from now on, in milliseconds */
export async function publishingTime({ until }: Stand, hosts: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const waiting = new Set(hosts.map((host) => `traefik/tls/certificates/${certificateId([host])}/certFile`));
  const tookMs: number[] = [];
  await until(
    'traefik/tls/certificates/',
    (entries) => {
      for (const { key } of entries) if (waiting.delete(key)) tookMs.push(performance.now() - startedAt);
      return waiting.size === 0;
    },
    PATIENCE_MS,
  );
  return tookMs[Math.ceil(tookMs.length * 0.95) - 1] ?? 0;
}
