import { setTimeout as sleep } from 'node:timers/promises';
import { commandConfigMap } from '@gatefleet/certificate-commands';
import { askLeader } from '../commands/ask-controller.ts';
import { CliError } from '../errors.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { Say } from '../output/progress.ts';

/**
 * Has no first certificate ordered until it is ended: a wish that is there before there is a leader comes before its first order.
 *
 * @throws CliError
 */
export async function holdOrders(
  kubernetes: Kubernetes,
  namespace: string,
  signal: AbortSignal,
): Promise<{ readonly end: () => Promise<void> }> {
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const made = (await kubernetes.create(path, commandConfigMap({ command: 'hold' }), signal)) as {
    metadata: { name: string };
  };
  return { end: () => kubernetes.remove(`${path}/${made.metadata.name}`) };
}

/** Waits for a leader and has it order first certificates again, if it holds them. @throws CliError */
export async function resumeOrders(
  kubernetes: Kubernetes,
  namespace: string,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      // "No orders are held" is as good an answer.
      await askLeader(kubernetes, { command: 'resume' }, signal, namespace);
      return;
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      signal.throwIfAborted();
      say(error.message);
    }
    await sleep(1_000, undefined, { signal });
  }
}
