import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  type ObjectCache,
} from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import { call } from './call.ts';
import { kubernetesError } from './errors.ts';

export interface FollowedListOptions<V extends KubernetesObject> {
  readonly config: KubeConfig;
  /** Of the API. */
  readonly path: string;
  readonly list: () => Promise<KubernetesListObject<V>>;
  readonly labelSelector?: string;
  /** `Ingresses`, for the log. */
  readonly what: string;
  readonly log: Logger;
}

type Followed<V extends KubernetesObject> = Informer<V> & ObjectCache<V>;

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 10_000;

/** Objects as they are now. Lists and watches by an informer; after trouble with a new one, which lists again. Meanwhile the last state stays. */
export class FollowedList<V extends KubernetesObject> {
  readonly #options: FollowedListOptions<V>;
  readonly #listeners = new Set<() => void>();
  #informer: Followed<V> | undefined;

  constructor(options: FollowedListOptions<V>) {
    this.#options = options;
  }

  /** `undefined` until they were listed once, whole. */
  current(): readonly V[] | undefined {
    return this.#informer?.list();
  }

  /** Calls on every change, and when the first list is there, until `signal`. What changed is not told: look at all of it. */
  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { what, log } = this.#options;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
      const startedAt = performance.now();
      const error = await this.#follow(signal);
      if (signal.aborted) return;
      log.warn({ err: kubernetesError(`watching ${what}`, error) }, `watching ${what} again`);
      if (performance.now() - startedAt > 60_000) pauseMs = FIRST_PAUSE_MS;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns what ended it */
  async #follow(signal: AbortSignal): Promise<unknown> {
    const { config, path, list, labelSelector, what } = this.#options;
    const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
    const informer: Followed<V> = makeInformer(
      config,
      path,
      () => call(`listing ${what}`, list, signal),
      labelSelector,
    );
    let hasFailed = false;
    informer.on('error', (error: unknown) => {
      hasFailed = true;
      end(error);
    });
    // During the first list every object comes singly; half a list must not be taken for all there is.
    const tell = () => this.#informer === informer && this.#tell();
    for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, tell);
    const onAbort = () => end(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await informer.start();
      if (!hasFailed) {
        this.#informer = informer;
        this.#tell();
      }
      return await ended;
    } catch (error) {
      return error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await informer.stop();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
