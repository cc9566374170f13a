import {
  makeInformer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
} from '@kubernetes/client-node';
import type { Logger } from 'pino';

/** All objects of a kind, as far as they are known. */
export interface Followed<T> {
  readonly list: () => readonly T[];
  /** Resolves once they have been listed. */
  readonly listed: Promise<void>;
}

/**
 * Follows all objects of a kind until the signal aborts; a watch that breaks is started again. Those that a watch brings are as the API
 * server writes them: a time is text, and not the client's Date.
 */
export function follow<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  onChange: (list: () => readonly T[]) => void,
  log: Logger,
  signal: AbortSignal,
): Followed<T> {
  const { promise: listed, resolve } = Promise.withResolvers<void>();
  const informer = makeInformer(config, path, async () => {
    const found = await list();
    // The informer takes them in before anything else happens.
    setImmediate(resolve);
    return found;
  });
  const followed = { list: () => informer.list(), listed };
  const changed = () => {
    onChange(followed.list);
  };
  for (const event of ['add', 'update', 'delete'] as const) informer.on(event, changed);
  const start = () => void informer.start().catch(startAgain);
  const startAgain = (error: unknown) => {
    if (signal.aborted) return;
    log.warn({ path, error: String(error) }, 'a watch broke; starting it again');
    setTimeout(start, 1_000);
  };
  informer.on('error', startAgain);
  signal.addEventListener('abort', () => void informer.stop(), { once: true });
  start();
  return followed;
}
