import { setTimeout as sleep } from 'node:timers/promises';
import { ArgoCdError, type Applications } from 'argocd-ts-client';

const lookEveryMs = 500;

/**
 * Ends the operation that is under way, if there is one. Argo CD begins no other before it, and it can wait for ever: for a wave that never
 * becomes healthy. What it has applied stays.
 *
 * @throws ArgoCdError
 */
export async function endOperation(applications: Applications, name: string, signal: AbortSignal): Promise<void> {
  try {
    await applications.terminate(name, { signal });
  } catch (error) {
    if (error instanceof ArgoCdError && error.code === 'INVALID') return;
    throw error;
  }
  while ((await applications.get(name, { signal })).operation !== undefined) {
    await sleep(lookEveryMs, undefined, { signal });
  }
}
