import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Informer,
  type KubeConfig,
  makeInformer,
  NetworkingV1Api,
  type ObjectCache,
  type V1Ingress,
} from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import type { Ingress } from '../wanted/ingress.ts';
import { call } from './call.ts';
import { kubernetesError } from './errors.ts';
import { toIngress } from './to-ingress.ts';

/** All Ingresses of the cluster as they are now. */
export interface IngressSource {
  /** `undefined` until they were listed once, whole. */
  current(): readonly Ingress[] | undefined;
  /** Calls on every change, and when the first list is there, until `signal`. What changed is not told: look at all of it. */
  onChange(listener: () => void, signal: AbortSignal): void;
}

type IngressInformer = Informer<V1Ingress> & ObjectCache<V1Ingress>;

const PATH = '/apis/networking.k8s.io/v1/ingresses';
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 10_000;

/** Lists and watches by an informer; after trouble with a new one, which lists again. Meanwhile the last state stays. */
export class KubernetesIngressSource implements IngressSource {
  readonly #config: KubeConfig;
  readonly #api: NetworkingV1Api;
  readonly #log: Logger;
  readonly #listeners = new Set<() => void>();
  #informer: IngressInformer | undefined;

  constructor(config: KubeConfig, log: Logger) {
    this.#config = config;
    this.#api = config.makeApiClient(NetworkingV1Api);
    this.#log = log;
  }

  current(): readonly Ingress[] | undefined {
    return this.#informer?.list().map(toIngress);
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
      const startedAt = performance.now();
      const error = await this.#follow(signal);
      if (signal.aborted) return;
      this.#log.warn({ err: kubernetesError('watching Ingresses', error) }, 'watching Ingresses again');
      if (performance.now() - startedAt > 60_000) pauseMs = FIRST_PAUSE_MS;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns what ended it */
  async #follow(signal: AbortSignal): Promise<unknown> {
    const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
    const list = () => call('listing Ingresses', () => this.#api.listIngressForAllNamespaces(), signal);
    const informer: IngressInformer = makeInformer(this.#config, PATH, list);
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
