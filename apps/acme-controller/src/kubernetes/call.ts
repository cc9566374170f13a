import { KubernetesError, kubernetesError } from './errors.ts';

/** The client's calls have no time-out of their own. */
const CALL_TIMEOUT_MS = 15_000;

/** @throws KubernetesError, or the signal's reason */
export async function call<T>(doing: string, request: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new KubernetesError(`${doing}: no answer in ${CALL_TIMEOUT_MS} ms`)),
    CALL_TIMEOUT_MS,
  );
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([
      stopped,
      request().catch((error: unknown) => {
        throw kubernetesError(doing, error);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
