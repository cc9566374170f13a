import { setTimeout as sleep } from 'node:timers/promises';
import type { Application, ApplicationEvent } from './applications.ts';
import { ArgoCdError, connectionErrorOf } from './errors.ts';
import { isLater, keyOf } from './resource-version.ts';

/** One connection of a watch: everything as it is now, then what changes after that. Events may repeat what the list has. */
export interface WatchConnection {
  /** Absent when the events go on where those of the connection before ended. */
  readonly list?: readonly Application[];
  readonly events: AsyncIterable<ApplicationEvent | Resumption>;
  /** Where the events begin, if the server can go on from there. */
  readonly from?: string | undefined;
}

/** From here on the next connection can go on; undefined when it has to list. */
export interface Resumption {
  readonly from: string | undefined;
}

const firstBackoffMs = 250;
const maxBackoffMs = 15_000;

/** A watch that outlives its connections. What is told apart by its version is told once, and what vanished meanwhile is told as deleted. */
export async function* resumingWatch(
  connect: (signal: AbortSignal, from: string | undefined) => Promise<WatchConnection>,
  caller: AbortSignal | undefined,
): AsyncGenerator<ApplicationEvent, void> {
  const known = new Known();
  let wasConnected = false;
  let failures = 0;
  let from: string | undefined;
  while (!isAborted(caller)) {
    const own = new AbortController();
    const signal = caller === undefined ? own.signal : AbortSignal.any([caller, own.signal]);
    try {
      const connection = await connect(signal, from);
      wasConnected = true;
      failures = 0;
      if (connection.list !== undefined) yield* known.differences(connection.list);
      ({ from } = connection);
      for await (const event of connection.events) {
        if ('from' in event) {
          ({ from } = event);
          continue;
        }
        const isNews = known.remember(event);
        if (isNews !== undefined) yield isNews;
      }
    } catch (error) {
      if (isAborted(caller)) return;
      const reason = connectionErrorOf('watching applications', error);
      if (!wasConnected || reason.code !== 'UNAVAILABLE') throw reason;
      failures += 1;
    } finally {
      own.abort();
    }
    const backoffMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** failures) * (0.5 + Math.random() / 2);
    await sleep(backoffMs, undefined, { signal: caller }).catch(() => undefined);
  }
}

/** The last state of each application that was told. */
class Known {
  readonly #states = new Map<string, Application>();
  /** What was deleted, so that no older state brings it back. */
  readonly #deleted = new Map<string, Application>();

  /** What is news in a list of all. */
  *differences(list: readonly Application[]): Generator<ApplicationEvent> {
    const present = new Set(list.map(keyOf));
    for (const [key, application] of this.#states) {
      if (!present.has(key)) yield* this.#news({ type: 'deleted', application });
    }
    for (const application of list) yield* this.#news({ type: 'added', application });
  }

  /** The event as news against what is known; undefined when it is none. */
  remember({ type, application }: ApplicationEvent): ApplicationEvent | undefined {
    const key = keyOf(application);
    const before = this.#states.get(key);
    if (type === 'deleted') {
      this.#deleted.set(key, application);
      return this.#states.delete(key) ? { type, application } : undefined;
    }
    const last = before ?? this.#deleted.get(key);
    if (last !== undefined && !isLater(application, last)) return undefined;
    this.#states.set(key, application);
    this.#deleted.delete(key);
    return { type: before === undefined ? 'added' : 'modified', application };
  }

  *#news(event: ApplicationEvent): Generator<ApplicationEvent> {
    const news = this.remember(event);
    if (news !== undefined) yield news;
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

const eventTypes: Readonly<Record<string, ApplicationEvent['type']>> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
};

/** @throws ArgoCdError `PROTOCOL` for a type that no watch has. */
export function eventOf(type: unknown, application: unknown): ApplicationEvent {
  const known = typeof type === 'string' ? eventTypes[type] : undefined;
  if (known === undefined || typeof application !== 'object' || application === null) {
    throw new ArgoCdError('PROTOCOL', `watching applications: an event of type ${String(type)}`);
  }
  return { type: known, application };
}
