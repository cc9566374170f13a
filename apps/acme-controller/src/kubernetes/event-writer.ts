import { createHash } from 'node:crypto';
import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import type { Notice } from '../wanted/ingress.ts';
import { call } from './call.ts';
import { KubernetesError } from './errors.ts';

/** The API server keeps Events for an hour by default. */
const TOLD_FOR_MS = 3_600_000;
const MESSAGE_LIMIT = 1_000;

/** Events with names made of what they say, so that neither a loop nor a new leader repeats one. */
export class KubernetesEventWriter {
  readonly #api: CoreV1Api;
  readonly #log: Logger;
  readonly #identity: string;
  readonly #told = new Map<string, number>();

  constructor(config: KubeConfig, identity: string, log: Logger) {
    this.#api = config.makeApiClient(CoreV1Api);
    this.#identity = identity;
    this.#log = log;
  }

  /** Never throws: what cannot be told now is told with the next look. */
  post(notice: Notice): void {
    const name = eventName(notice);
    const now = performance.now();
    if (now - (this.#told.get(name) ?? -Infinity) < TOLD_FOR_MS) return;
    for (const [told, at] of this.#told) if (now - at >= TOLD_FOR_MS) this.#told.delete(told);
    this.#told.set(name, now);
    this.#create(name, notice).catch((error: unknown) => {
      this.#told.delete(name);
      this.#log.warn(
        { err: error, ingress: notice.ingress.name, namespace: notice.ingress.namespace },
        'an Event was not written',
      );
    });
  }

  async #create(name: string, { ingress, type, reason, message }: Notice): Promise<void> {
    const { namespace } = ingress;
    const now = new Date();
    const body = {
      metadata: { name, namespace },
      involvedObject: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        name: ingress.name,
        namespace,
        uid: ingress.uid,
      },
      type,
      reason,
      message: message.slice(0, MESSAGE_LIMIT),
      source: { component: 'gatefleet' },
      reportingComponent: 'gatefleet.dev/acme-controller',
      reportingInstance: this.#identity,
      action: 'Issuing',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    try {
      await call(`writing an Event on Ingress ${namespace}/${ingress.name}`, () =>
        this.#api.createNamespacedEvent({ namespace, body }),
      );
    } catch (error) {
      // It says the same already; or the namespace is going away, and there is nobody to tell.
      if (error instanceof KubernetesError && (error.code === 409 || error.code === 403 || error.code === 404)) {
        if (error.code !== 409)
          this.#log.info({ err: error, ingress: ingress.name, namespace }, 'an Event was refused');
        return;
      }
      throw error;
    }
  }
}

/** Also tells apart Ingresses of one name that follow each other. */
export function eventName({ ingress, reason, message, about = message }: Notice): string {
  const digest = createHash('sha256').update([ingress.uid, reason, about].join('\n')).digest('hex').slice(0, 16);
  return `${ingress.name.slice(0, 200).replace(/[.-]+$/, '')}.${digest}`;
}
