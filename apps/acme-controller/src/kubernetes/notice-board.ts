import type { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from '../log.ts';
import type { Ingress, Notice } from '../wanted/ingress.ts';
import { KubernetesEventWriter } from './event-writer.ts';
import { StatusAnnotator } from './status-annotator.ts';

/** Tells the people of an Ingress something. Nothing here throws: what cannot be told now is told with the next look. */
export interface NoticeBoard {
  /** What happened, once. */
  post(notice: Notice): void;
  /** How its certificates are, in one line; undefined where there are none. */
  show(ingress: Ingress, status: string | undefined): void;
}

/** Events, and an annotation. */
export class KubernetesNoticeBoard implements NoticeBoard {
  readonly #events: KubernetesEventWriter;
  readonly #annotations: StatusAnnotator;

  /** @param identity - who tells. */
  constructor(config: KubeConfig, identity: string, log: Logger) {
    this.#events = new KubernetesEventWriter(config, identity, log);
    this.#annotations = new StatusAnnotator(config, log);
  }

  post(notice: Notice): void {
    this.#events.post(notice);
  }

  show(ingress: Ingress, status: string | undefined): void {
    this.#annotations.show(ingress, status);
  }
}
