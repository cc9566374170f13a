import { ArgoCdError } from '../errors.ts';

/** As often as Argo CD's API server tries: `updateApp` and `TerminateOperation` in its `server/application/application.go`. */
const ATTEMPTS = 10;

/**
 * Reads and writes again when another writer came in between: the controller writes the status of an Application at any time, which is no
 * conflict with what a user wants.
 *
 * @param attempt - reads what is there, and writes with its `resourceVersion`
 */
export async function onPresentVersion<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const wasOvertaken = error instanceof ArgoCdError && error.status === 409;
      if (!wasOvertaken || count === ATTEMPTS) throw error;
    }
  }
}
