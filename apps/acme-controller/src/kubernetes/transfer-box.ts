import { pageOf, transferSecretName, withPage, type TransferPage } from '@gatefleet/certificate-commands';
import { CoreV1Api, PatchStrategy, setHeaderOptions, type KubeConfig } from '@kubernetes/client-node';
import { call } from './call.ts';
import { KubernetesError } from './errors.ts';

/** Where certificates with their keys come from, and go to, at an administrator's word. */
export interface TransferBox {
  /** @returns undefined where there is nothing of that kind. @throws KubernetesError */
  read(signal: AbortSignal): Promise<TransferPage | undefined>;
  /** @throws KubernetesError, also when there is nowhere to write to */
  write(page: TransferPage, signal: AbortSignal): Promise<void>;
}

/** The Secret that the command line makes, and removes. */
export class KubernetesTransferBox implements TransferBox {
  readonly #api: CoreV1Api;
  readonly #namespace: string;

  constructor(config: KubeConfig, namespace: string) {
    this.#api = config.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
  }

  async read(signal: AbortSignal): Promise<TransferPage | undefined> {
    const place = { name: transferSecretName, namespace: this.#namespace };
    try {
      const doing = `reading the Secret ${transferSecretName}`;
      return pageOf(await call(doing, () => this.#api.readNamespacedSecret(place), signal));
    } catch (error) {
      if (error instanceof KubernetesError && error.code === 404) return undefined;
      throw error;
    }
  }

  async write(page: TransferPage, signal: AbortSignal): Promise<void> {
    const patch = { name: transferSecretName, namespace: this.#namespace, body: withPage(page) };
    const asMerge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await call(
      `writing the Secret ${transferSecretName}`,
      () => this.#api.patchNamespacedSecret(patch, asMerge),
      signal,
    );
  }
}
