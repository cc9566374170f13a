import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSnapshot, type OpenedSnapshot } from '@gatefleet/certificate-transfer';
import type { Environment } from '@gatefleet/environment';
import { readPassphrase } from '../certificates/passphrase.ts';
import { openFleet } from '../delivery/open-fleet.ts';
import { CliError } from '../errors.ts';
import { readCertificates, readStoreMembers, served } from '../fleet.ts';
import type { Kubernetes } from '../kubernetes.ts';
import type { Progress, Say } from '../output/progress.ts';
import type { CommandResult } from '../output/result.ts';
import { holdOrders, resumeOrders } from '../restore/held-orders.ts';
import { openRestoredStore, type RestoredStore } from '../restore/restored-store.ts';

export interface RestoreOptions {
  readonly environment: string;
  readonly file: string;
  readonly passphraseFile: string;
  /** Whether what the store has now may be lost. */
  readonly replace: boolean;
  /** Whether only the encryption key is brought back, and the store left as it is. */
  readonly keyOnly: boolean;
  /** Context of the cluster that Argo CD runs in. */
  readonly context: string | undefined;
  readonly timeoutMs: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly environment: string;
  /** When the snapshot was taken. */
  readonly createdAt: string;
  /** That the store has. */
  readonly certificates: number;
  /** For which there is an Ingress, so that every gateway serves them. */
  readonly served: number;
  readonly seconds: number;
}

/**
 * Brings an environment's store to a snapshot, in a new cluster or in its own, and proves that the gateways serve what was in it. In a new cluster
 * it may be started before there is anything: it waits for the store, and lets nothing be ordered meanwhile. What was broken off is done again.
 *
 * @throws CliError, TransferError
 */
export async function restoreCommand(options: RestoreOptions): Promise<CommandResult<Restored>> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  try {
    return await restore(options, AbortSignal.any([options.signal, limit]));
  } catch (cause) {
    if (!limit.aborted || options.signal.aborted) throw cause;
    const restoring = `restoring ${options.environment}: it is not done in ${options.timeoutMs / 1000} s`;
    throw new CliError('TIMED_OUT', restoring, {
      hint: 'repeat it, with a longer --timeout; what is done stays done',
      cause,
    });
  }
}

async function restore(options: RestoreOptions, signal: AbortSignal): Promise<CommandResult<Restored>> {
  const { environment: name, replace, keyOnly, progress } = options;
  const began = performance.now();
  const fleet = await openFleet({ context: options.context });
  const environment = fleet.environment(name);
  const passphrase = (await readPassphrase(options.passphraseFile)) ?? '';
  const snapshot = await progress.step(`checking ${options.file}`, () => read(options, passphrase));
  const kubernetes = await fleet.clusterOf(environment);
  const { namespace } = environment.spec;
  const store = await openRestoredStore(kubernetes, namespace, signal);
  if (keyOnly) await bringKey(store, snapshot, progress);
  else {
    const refuseLive = async () => {
      if (replace || !(await store.hasCertificates())) return;
      throw new CliError('STORE_NOT_EMPTY', `restoring ${name}: its store has certificates, which would be lost`, {
        hint: 'what was issued since the snapshot is gone then; if that is meant, say --replace',
      });
    };
    if (await isReady(kubernetes, environment, signal)) await refuseLive();
    await store.ensureNamespace();
    const hold = await holdOrders(kubernetes, namespace, signal);
    try {
      // Before create-secrets makes others, where the cluster is new.
      await store.keepEncryptionKey(snapshot.encryptionKey);
      await store.keepPassphrase(passphrase);
      await progress.step('the store’s servers', (say) => untilReady(kubernetes, environment, say, signal));
      await refuseLive();
      await bringKey(store, snapshot, progress);
      await progress.step(`the store of ${snapshot.createdAt}`, () => store.restore(snapshot.archive()));
      await progress.step('the tokens of this cluster', () => store.registerTokens());
    } finally {
      await hold.end();
    }
  }
  await progress.step('a controller that leads', (say) => resumeOrders(kubernetes, namespace, say, signal));
  const { certificates, served: onGateways } = await progress.step('the certificates on every gateway', (say) =>
    untilServed(kubernetes, namespace, say, signal),
  );
  const seconds = Math.round((performance.now() - began) / 1000);
  const { createdAt } = snapshot;
  return {
    value: { environment: name, createdAt, certificates, served: onGateways, seconds },
    text: `${keyOnly ? 'the encryption key' : 'the store'} of ${name} is as it was at ${createdAt}, after ${seconds} s: it has ${certificates} certificates, and every gateway serves the ${onGateways} that an Ingress asks for\n`,
    exitCode: 0,
  };
}

async function read({ environment, file }: RestoreOptions, passphrase: string): Promise<OpenedSnapshot> {
  try {
    await access(file);
  } catch (cause) {
    throw new CliError('BAD_ARGUMENT', `reading ${file}`, { hint: 'name a file that is there and readable', cause });
  }
  const bytes = () => createReadStream(file) as AsyncIterable<Buffer>;
  const snapshot = await openSnapshot(bytes, { passphrase, fileName: basename(file) });
  if (snapshot.environment === environment) return snapshot;
  throw new CliError(
    'BAD_ARGUMENT',
    `restoring ${environment}: ${file} is of the environment ${snapshot.environment}`,
    {
      hint: 'take one of its own; another’s has other hosts, and accounts that may be of another CA',
    },
  );
}

async function bringKey(store: RestoredStore, { encryptionKey }: OpenedSnapshot, progress: Progress): Promise<void> {
  if (await store.keepEncryptionKey(encryptionKey)) return;
  await progress.step('the encryption key', () => store.replaceEncryptionKey(encryptionKey));
}

async function isReady(kubernetes: Kubernetes, { spec }: Environment, signal: AbortSignal): Promise<boolean> {
  const members = await readStoreMembers(kubernetes, signal, spec.namespace);
  return members.length === spec.store.servers && members.every(({ status }) => status === 'ready');
}

async function untilReady(
  kubernetes: Kubernetes,
  environment: Environment,
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  say('waiting for them: if nothing deploys them yet, `gatefleet up --context` and `gatefleet sync` do');
  while (!(await isReady(kubernetes, environment, signal))) await sleep(1_000, undefined, { signal });
}

/** Waits until all that an Ingress asks for are on every gateway: in a new cluster teams may come later. */
async function untilServed(
  kubernetes: Kubernetes,
  namespace: string,
  say: Say,
  signal: AbortSignal,
): Promise<Pick<Restored, 'certificates' | 'served'>> {
  for (;;) {
    try {
      const { leader, certificates } = await readCertificates(kubernetes, signal, namespace);
      const kept = certificates.filter(({ current }) => current !== undefined);
      const wanted = kept.filter(({ ingresses }) => ingresses.length > 0);
      const right = wanted.filter((certificate) => {
        const { by, of } = served(certificate);
        return of > 0 && by === of;
      });
      if (leader !== undefined && right.length === wanted.length) {
        return { certificates: kept.length, served: wanted.length };
      }
      say(`${right.length} of ${wanted.length}`);
    } catch (error) {
      signal.throwIfAborted();
      say(error instanceof Error ? error.message : String(error));
    }
    await sleep(1_000, undefined, { signal });
  }
}
