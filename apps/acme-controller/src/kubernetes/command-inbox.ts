import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions, type V1ConfigMap } from '@kubernetes/client-node';
import { answerOf, commandLabel, commandOf, withAnswer, type CommandAnswer } from '@gatefleet/certificate-commands';
import type { Logger } from '../log.ts';
import { call } from './call.ts';
import { FollowedList } from './followed-list.ts';

/** A command that was not answered yet. */
export interface PendingCommand {
  readonly name: string;
  readonly read: ReturnType<typeof commandOf>;
}

/** Commands of administrators. */
export interface CommandInbox {
  /** The oldest first; undefined until they were listed once. */
  pending(): readonly PendingCommand[] | undefined;
  onChange(listener: () => void, signal: AbortSignal): void;
  /** @throws KubernetesError; a command that is gone needs no answer. */
  answer(name: string, answer: CommandAnswer, signal: AbortSignal): Promise<void>;
}

/** ConfigMaps with a label, in the controller's own namespace. */
export class KubernetesCommandInbox implements CommandInbox {
  readonly #api: CoreV1Api;
  readonly #namespace: string;
  readonly #configMaps: FollowedList<V1ConfigMap>;

  constructor(config: KubeConfig, namespace: string, log: Logger) {
    this.#api = config.makeApiClient(CoreV1Api);
    this.#namespace = namespace;
    this.#configMaps = new FollowedList({
      config,
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      list: () => this.#api.listNamespacedConfigMap({ namespace, labelSelector: commandLabel }),
      labelSelector: commandLabel,
      what: 'commands',
      log,
    });
  }

  pending(): readonly PendingCommand[] | undefined {
    const configMaps = this.#configMaps.current()?.filter((configMap) => answerOf(configMap) === undefined);
    const madeAt = ({ metadata }: V1ConfigMap) => metadata?.creationTimestamp?.getTime() ?? 0;
    return configMaps
      ?.toSorted((a, b) => madeAt(a) - madeAt(b))
      .map((configMap) => ({ name: configMap.metadata?.name ?? '', read: commandOf(configMap) }));
  }

  onChange(listener: () => void, signal: AbortSignal): void {
    this.#configMaps.onChange(listener, signal);
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#configMaps.run(signal);
  }

  async answer(name: string, answer: CommandAnswer, signal: AbortSignal): Promise<void> {
    const patch = { name, namespace: this.#namespace, body: withAnswer(answer) };
    const asMerge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    try {
      await call(`answering the command ${name}`, () => this.#api.patchNamespacedConfigMap(patch, asMerge), signal);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 404) return;
      throw error;
    }
  }
}
