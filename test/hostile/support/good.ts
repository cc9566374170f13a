import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request that is in order, and its answer. */
export interface Good {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly servername?: string;
  readonly ca?: string;
  /** Status, place that it sends to, and body, in a line. */
  readonly answer: string;
}

const PATIENCE_MS = 10_000;

/** @returns what is wrong with the answer */
export async function ask({ url, headers, servername, ca, answer }: Good): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { headers, agent: false as const, signal: AbortSignal.timeout(PATIENCE_MS) };
  const sent = url.startsWith('https:') ? secure(url, { ...options, servername, ca }) : plain(url, options);
  sent.once('error', reject);
  sent.once('response', (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    response.once('error', reject);
    response.once('end', () => resolve(`${response.statusCode} ${response.headers.location ?? ''} ${body.trim()}`));
  });
  sent.end();
  const got = await promise.catch(String);
  return got === answer ? undefined : `${new Date().toISOString()} ${url}: ${got}, not ${answer}`;
}

/** Asks for ten seconds, until what was started answers. @returns what is wrong at last */
export async function askUntilRight(one: Good): Promise<string | undefined> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await ask(one)) === undefined) return undefined;
    await sleep(50);
  }
  return ask(one);
}

/** Asks one after the other, over and over. */
export function keepAskingFor(all: readonly Good[]): {
  stop(): Promise<{ asked: number; wrong: readonly string[]; p99: number; longest: number }>;
} {
  const wrong: string[] = [];
  const times: number[] = [];
  let isOver = false;
  const asking = all.map(async (good) => {
    while (!isOver) {
      const start = performance.now();
      const fault = await ask(good);
      times.push(performance.now() - start);
      if (fault !== undefined) wrong.push(fault);
      await sleep(20);
    }
  });
  return {
    async stop() {
      isOver = true;
      await Promise.all(asking);
      times.sort((a, b) => a - b);
      const at = (share: number) =>
        Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
      return { asked: times.length, wrong, p99: at(0.99), longest: at(1) };
    },
  };
}
