import type { Environment } from '@gatefleet/environment';
import type { Applications } from 'argocd-ts-client';
import { isBusy } from './arrive.ts';
import { attemptedRevision } from './deployments.ts';
import { endOperation } from './end-operation.ts';

/**
 * Lets Argo CD bring an environment to the commit. It may be at it by itself: then what comes of that is what matters, unless it is at some
 * objects alone.
 *
 * @throws ArgoCdError
 */
export async function beginSync(
  applications: Applications,
  { metadata: { name }, spec }: Pick<Environment, 'metadata' | 'spec'>,
  revision: string,
  signal: AbortSignal,
): Promise<void> {
  const tryIt = async (): Promise<boolean> => {
    try {
      await applications.sync(name, { prune: spec.sync.prune, signal });
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    }
  };
  if (await tryIt()) return;
  const application = await applications.get(name, { signal });
  const state = application.status?.operationState;
  const running = state?.phase === 'Running' ? state.operation : application.operation;
  const isOfEverything = (running?.sync?.resources ?? []).length === 0;
  if (isOfEverything && attemptedRevision(application) === revision) return;
  // At another commit or at a part of this one, it may wait for what this sync brings.
  await endOperation(applications, name, signal);
  await tryIt();
}
