import { type KubeConfig, NetworkingV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import { STATUS_ANNOTATION } from '../wanted/choices.ts';
import type { Ingress } from '../wanted/ingress.ts';
import { call } from './call.ts';
import { KubernetesError } from './errors.ts';

/** Several certificates of one Ingress that come together are one request. */
const GATHER_MS = 1_000;
const AT_ONCE = 4;
/** What was written is not written again before this, should it not be seen or have been refused. */
const WRITTEN_FOR_MS = 3_600_000;

interface Wish {
  readonly ingress: Ingress;
  /** Undefined removes the annotation. */
  readonly status: string | undefined;
}

/**
 * Keeps one annotation on each Ingress, through its subresource `status`: with the right to that alone nobody can change its rules.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/ (patch partially update status)
 */
export class StatusAnnotator {
  readonly #api: NetworkingV1Api;
  readonly #log: Logger;
  readonly #wishes = new Map<string, Wish>();
  readonly #written = new Map<string, { readonly status: string | undefined; readonly at: number }>();
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: KubeConfig, log: Logger) {
    this.#api = config.makeApiClient(NetworkingV1Api);
    this.#log = log;
  }

  /** Never throws: what cannot be written now is asked for again by the next look. */
  show(ingress: Ingress, status: string | undefined): void {
    const { uid } = ingress;
    if (ingress.annotations[STATUS_ANNOTATION] === status) {
      this.#wishes.delete(uid);
      this.#written.delete(uid);
      return;
    }
    const written = this.#written.get(uid);
    const isFresh = written !== undefined && performance.now() - written.at < WRITTEN_FOR_MS;
    if (isFresh && written.status === status) return;
    this.#wishes.set(uid, { ingress, status });
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, GATHER_MS).unref();
  }

  #start(): void {
    for (const [uid, wish] of this.#wishes) {
      if (this.#running >= AT_ONCE) return;
      this.#wishes.delete(uid);
      this.#written.set(uid, { status: wish.status, at: performance.now() });
      this.#running += 1;
      void this.#write(wish).finally(() => {
        this.#running -= 1;
        this.#start();
      });
    }
  }

  async #write({ ingress: { namespace, name, uid }, status }: Wish): Promise<void> {
    // The uid is a condition: another Ingress of the same name is not touched.
    const body = { metadata: { uid, annotations: { [STATUS_ANNOTATION]: status ?? null } } };
    const asMerge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    try {
      await call(`annotating Ingress ${namespace}/${name}`, () =>
        this.#api.patchNamespacedIngressStatus({ namespace, name, body }, asMerge),
      );
    } catch (error) {
      const isGone = error instanceof KubernetesError && (error.code === 404 || error.code === 409);
      if (isGone) return;
      const isForbidden = error instanceof KubernetesError && error.code === 403;
      if (!isForbidden) this.#written.delete(uid);
      this.#log.warn({ err: error, ingress: name, namespace }, 'an Ingress was not annotated');
    }
  }
}
