import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readRepository } from '@gatefleet/kustomize';
import type { ExecutorContext } from '@nx/devkit';
import { ArgoCdError, connectArgoCd, type Applications } from 'argocd-ts-client';
import { NxKustomizeError } from '../errors.ts';
import { applicationOf } from './application-of.ts';
import { attempt, print, taskOf } from './task.ts';

export interface SyncTaskOptions {
  /** Default: the Application in the repository whose source is the project's folder. */
  readonly application?: string;
  /** Default: ARGOCD_SERVER, as Argo CD's own command line reads it; the token is in ARGOCD_AUTH_TOKEN. */
  readonly server?: string;
  readonly prune?: boolean;
  /** Seconds to wait for the commit. Default 600. */
  readonly timeout?: number;
}

/** Lets Argo CD bring the cluster to the commit at HEAD, which is pushed already, and waits until it is there and healthy. */
export default function syncTask(options: SyncTaskOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const { root, folder } = taskOf(context);
  return attempt(async () => {
    const { applications } = connectArgoCd({
      server: serverFrom(options.server ?? process.env['ARGOCD_SERVER']),
      token: process.env['ARGOCD_AUTH_TOKEN'],
    });
    const application = options.application ?? applicationOf(await readRepository(root), folder);
    const { stdout } = await promisify(execFile)('git', ['-C', root, 'rev-parse', 'HEAD']);
    return sync(applications, application, stdout.trim(), options, print);
  });
}

/** Whether the application came to the commit. */
export async function sync(
  applications: Pick<Applications, 'sync' | 'wait'>,
  application: string,
  commit: string,
  { prune = false, timeout = 600 }: SyncTaskOptions,
  say: (line: string) => void,
): Promise<boolean> {
  const signal = AbortSignal.timeout(timeout * 1000);
  await applications.sync(application, { prune, signal }).catch((error: unknown) => {
    // Argo CD is at it by itself: what comes of that is what matters.
    if (!(error instanceof ArgoCdError && error.code === 'CONFLICT')) throw error;
  });
  const result = await applications.wait(application, {
    revision: commit,
    signal,
    onProgress: (verdict) => {
      if (verdict.kind === 'waiting') say(`waiting for ${verdict.until}\n`);
    },
  });
  const at = `${application} at ${commit.slice(0, 10)}`;
  say(result.kind === 'arrived' ? `${at}: synced and healthy\n` : `${at}: ${result.reason}: ${result.message}\n`);
  return result.kind === 'arrived';
}

function serverFrom(address: string | undefined): string {
  if (address !== undefined && address !== '') return address.includes('://') ? address : `https://${address}`;
  throw new NxKustomizeError('SERVER_UNKNOWN', 'connecting to Argo CD: no address of its API server is given', {
    hint: 'set ARGOCD_SERVER and ARGOCD_AUTH_TOKEN, or pass --server',
  });
}
